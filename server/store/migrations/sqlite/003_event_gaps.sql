-- A command may also be for events that are missing: it is then the one of an `event_gap`.
create table command_new (
  id text primary key, meter text not null references meter (number), purchase text references purchase (id),
  meter_order text references meter_order (id), content text not null, ts integer not null, expires integer not null,
  ended integer, check (purchase is null or meter_order is null)
) strict;
insert into command_new select id, meter, purchase, meter_order, content, ts, expires, ended from command;
drop table command;
alter table command_new rename to command;
create index command_open on command (meter) where ended is null;
create index command_purchase on command (purchase);

-- Numbers of a meter's events that did not come when they should have. What is missing of them is lost once `answered`.
-- The gaps of a meter do not overlap.
create table event_gap (
  id integer primary key, meter text not null references meter (number), first integer not null, last integer not null,
  command text references command (id), tries integer not null default 0, answered integer
) strict;
create index event_gap_meter on event_gap (meter, last);
create unique index event_gap_command on event_gap (command);

-- What was missing before gateways kept events.
insert into event_gap (meter, first, last, answered)
  select meter, before + 1, number - 1, 0
  from (select meter, number, lag (number) over (partition by meter order by number) as before from event)
  where number > before + 1;
alter table meter_state drop column events;
