-- The key in a meter is what its record says; `next_` is the one that it shall get. KEN is unknown where it is null.
alter table meter add column key_expiry_number bigint, add column next_supply_group_code text,
  add column next_key_revision_number bigint, add column next_tariff_index bigint;

-- How it was first asked for, so that a repeat is known; empty: before that was kept.
alter table meter add column registered text not null default '';

-- Management, test and key change tokens. `key_change` are the sections that go before `token`, which a key change has not.
-- `tid` 0: it carries none.
create table engineering_token (
  id text primary key, meter text not null references meter (number),
  kind text not null check (kind in ('power_limit', 'clear_credit', 'tariff_rate', 'clear_tamper', 'phase_unbalance', 'test', 'key_change')),
  value bigint not null, effective bigint not null, tid bigint not null, base_date bigint not null,
  key_change text not null default '', token text not null default '', deliver bigint not null,
  state text not null check (state in ('issued', 'sent', 'accepted', 'refused', 'expired', 'failed')),
  detail text not null default '', ts bigint not null, accepted bigint, "user" text not null
);
create index engineering_token_meter on engineering_token (meter, ts);
create unique index engineering_token_tid on engineering_token (meter, base_date, tid) where tid > 0;

-- Each set of key change tokens that was made. `prints` counts the tokens that it was put before; `confirmed` is when the meter
-- was known to have the new key. One that was not when the next came is superseded: its tokens are in that one too.
create table key_change (
  id text primary key, meter text not null references meter (number), tokens text not null, from_key text not null,
  to_key text not null, roll_over bigint not null, prints bigint not null, ts bigint not null, "user" text not null,
  confirmed bigint, superseded bigint not null default 0
);
create unique index key_change_open on key_change (meter) where confirmed is null and superseded = 0;
create index key_change_meter on key_change (meter, ts);

-- A campaign brings meters from one key to another: in front of each one's next purchase, or at once over its gateway.
create table campaign (
  id text primary key, name text not null, from_group text not null, from_revision bigint not null,
  to_group text not null, to_revision bigint not null, tariff_index bigint, ts bigint not null, "user" text not null
);
create table campaign_meter (
  campaign text not null references campaign (id), meter text not null references meter (number),
  key_change text references key_change (id), primary key (campaign, meter)
);
create index campaign_meter_open on campaign_meter (meter) where key_change is null;

alter table command add column engineering text references engineering_token (id);
create index command_engineering on command (engineering) where engineering is not null;

-- Credit that a meter gave back for a refund order, paid out once its proof was checked.
create table refund (
  meter_order text primary key references meter_order (id), amount bigint not null check (amount > 0), proof text not null,
  ts bigint not null, "user" text not null, shift text references shift (id), entry bigint not null references ledger_entry (number)
);
create index refund_shift on refund (shift) where shift is not null;

-- What is dropped after some time is found by when it ended.
create index command_ended on command (ended) where ended is not null;
create index alarm_ended on alarm (ended) where ended is not null;
create index event_ts on event (ts);
