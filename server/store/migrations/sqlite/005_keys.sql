-- The key in a meter is what its record says; `next_` is the one that it shall get. KEN is unknown where it is null.
alter table meter add column key_expiry_number integer;
alter table meter add column next_supply_group_code text;
alter table meter add column next_key_revision_number integer;
alter table meter add column next_tariff_index integer;

-- How it was first asked for, so that a repeat is known; empty: before that was kept.
alter table meter add column registered text not null default '';

-- Management, test and key change tokens. `key_change` are the sections that go before `token`, which a key change has not.
-- `tid` 0: it carries none.
create table engineering_token (
  id text primary key, meter text not null references meter (number),
  kind text not null check (kind in ('power_limit', 'clear_credit', 'tariff_rate', 'clear_tamper', 'phase_unbalance', 'test', 'key_change')),
  value integer not null, effective integer not null, tid integer not null, base_date integer not null,
  key_change text not null default '', token text not null default '', deliver integer not null,
  state text not null check (state in ('issued', 'sent', 'accepted', 'refused', 'expired', 'failed')),
  detail text not null default '', ts integer not null, accepted integer, user text not null
) strict;
create index engineering_token_meter on engineering_token (meter, ts);
create unique index engineering_token_tid on engineering_token (meter, base_date, tid) where tid > 0;

-- Each set of key change tokens that was made. `prints` counts the tokens that it was put before; `confirmed` is when the meter
-- was known to have the new key. One that was not when the next came is superseded: its tokens are in that one too.
create table key_change (
  id text primary key, meter text not null references meter (number), tokens text not null, from_key text not null,
  to_key text not null, roll_over integer not null, prints integer not null, ts integer not null, user text not null,
  confirmed integer, superseded integer not null default 0
) strict;
create unique index key_change_open on key_change (meter) where confirmed is null and superseded = 0;
create index key_change_meter on key_change (meter, ts);

-- A campaign brings meters from one key to another: in front of each one's next purchase, or at once over its gateway.
create table campaign (
  id text primary key, name text not null, from_group text not null, from_revision integer not null,
  to_group text not null, to_revision integer not null, tariff_index integer, ts integer not null, user text not null
) strict;
create table campaign_meter (
  campaign text not null references campaign (id), meter text not null references meter (number),
  key_change text references key_change (id), primary key (campaign, meter)
) strict;
create index campaign_meter_open on campaign_meter (meter) where key_change is null;

alter table command add column engineering text references engineering_token (id);
create index command_engineering on command (engineering) where engineering is not null;

-- Credit that a meter gave back for a refund order, paid out once its proof was checked.
create table refund (
  meter_order text primary key references meter_order (id), amount integer not null check (amount > 0), proof text not null,
  ts integer not null, user text not null, shift text references shift (id), entry integer not null references ledger_entry (number)
) strict;
create index refund_shift on refund (shift) where shift is not null;

-- What is dropped after some time is found by when it ended.
create index command_ended on command (ended) where ended is not null;
create index alarm_ended on alarm (ended) where ended is not null;
create index event_ts on event (ts);
