-- Money is in 0.00001 of the currency unit, times in ms since 1970-01-01 UTC, energy in mJ.
create table customer (
  id text primary key, name text not null, phone text not null, email text not null, made integer not null
) strict;

create table user (
  name text primary key, password_hash text not null, role text not null check (role in ('operator', 'tenant')),
  customer text references customer (id), made integer not null,
  check ((role = 'tenant') = (customer is not null))
) strict;

-- Only the hash of a session's token is kept.
create table session (
  token_hash text primary key, user text not null references user (name), made integer not null, ends integer not null
) strict;

create table tariff (
  code text primary key, name text not null, price integer not null check (price >= 0), made integer not null
) strict;

create table meter (
  number text primary key, name text not null, kind text not null check (kind in ('flat', 'feeder')),
  gateway text not null, line text, address integer, customer text references customer (id),
  tariff text not null references tariff (code), preset_credit integer not null check (preset_credit >= 0),
  supply_group_code text not null, key_revision_number integer not null, tariff_index integer not null,
  last_tid integer not null default 0, last_sequence integer not null default 0, made integer not null
) strict;
create index meter_customer on meter (customer);

-- The prices that a meter has had: from which priced energy on. Version 0 is the price it was registered with.
create table price_step (
  meter text not null references meter (number), version integer not null, price integer not null,
  from_energy integer not null, primary key (meter, version)
) strict, without rowid;

create table ledger_entry (
  number integer primary key, ts integer not null, text text not null, purchase text
) strict;

-- Debit is positive, credit negative; the lines of an entry sum to 0. `meter` is the sub-ledger.
create table ledger_line (
  entry integer not null references ledger_entry (number), line integer not null, account text not null,
  meter text references meter (number), amount integer not null, primary key (entry, line)
) strict, without rowid;
create index ledger_line_account on ledger_line (account, meter, amount);

create trigger ledger_entry_stays before update on ledger_entry
begin select raise (abort, 'the ledger is append only'); end;
create trigger ledger_entry_stays_too before delete on ledger_entry
begin select raise (abort, 'the ledger is append only'); end;
create trigger ledger_line_stays before update on ledger_line
begin select raise (abort, 'the ledger is append only'); end;
create trigger ledger_line_stays_too before delete on ledger_line
begin select raise (abort, 'the ledger is append only'); end;

create table purchase (
  id text primary key, meter text not null references meter (number), amount integer not null check (amount > 0),
  credited integer not null, tid integer not null, token text not null, deliver integer not null,
  state text not null check (state in ('issued', 'sent', 'accepted', 'refused', 'expired', 'failed')),
  detail text not null default '', receipt integer not null unique, ts integer not null, accepted integer,
  user text not null, entry integer not null references ledger_entry (number),
  unique (meter, tid)
) strict;
create index purchase_ts on purchase (ts);
create index purchase_meter on purchase (meter, ts);
create index purchase_entry on purchase (entry);
