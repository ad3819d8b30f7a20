create table gateway (
  name text primary key, online integer not null, ts integer not null, lines text not null,
  dropped integer not null default 0
) strict;

-- The latest of each meter; the reading itself stands in `reading`.
create table meter_state (
  meter text primary key references meter (number), reading_ts integer, reading_seq integer,
  reachable integer not null default 0, link_ts integer not null default 0,
  shadow_balance integer, shadow_difference integer, shadow_agrees integer,
  deducted integer not null default 0, booked integer not null default 0,
  first_event integer, last_event integer, events integer not null default 0
) strict;

-- `quarter` marks the first reading of its quarter of an hour: it is kept when the others are thinned out.
create table reading (
  meter text not null, ts integer not null, seq integer not null, quarter integer not null, meter_time integer,
  voltage_mv integer, current_ma integer, active_power_dw integer, reactive_power_dvar integer,
  apparent_power_dva integer, power_factor_e4 integer, frequency_mhz integer, import_energy_mj integer,
  export_energy_mj integer, balance integer, priced_energy_mj integer, deducted integer, credited integer,
  price integer, tariff_version integer, token_count integer, order_sequence integer, event_count integer,
  power_cuts integer, supply_closed integer, hold_reasons text, alarms text,
  primary key (meter, ts, seq)
) strict, without rowid;

create table event (
  meter text not null, number integer not null, ts integer not null, code integer not null, name text not null,
  detail integer not null, value integer not null, primary key (meter, number)
) strict, without rowid;

create table meter_order (
  id text primary key, meter text not null references meter (number), verb text not null, tariff text,
  amount integer, tariff_version integer, sequence integer not null,
  state text not null check (state in ('sent', 'done', 'refused', 'expired', 'failed')),
  detail text not null default '', ts integer not null, ended integer, user text not null,
  unique (meter, sequence)
) strict;
create index meter_order_meter on meter_order (meter, ts);

-- What is on its way to a gateway: of a purchase (a token) or of an order (its sealed bytes in hexadecimal).
create table command (
  id text primary key, meter text not null references meter (number), purchase text references purchase (id),
  meter_order text references meter_order (id), content text not null, ts integer not null, expires integer not null,
  ended integer, check ((purchase is null) <> (meter_order is null))
) strict;
create index command_open on command (meter) where ended is null;
create index command_purchase on command (purchase);

create table alarm (
  id integer primary key, kind text not null, meter text, gateway text, detail text not null, ts integer not null,
  ended integer
) strict;
create unique index alarm_open on alarm (kind, coalesce(meter, ''), coalesce(gateway, '')) where ended is null;
create index alarm_meter on alarm (meter);
