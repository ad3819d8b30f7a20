-- As ../sqlite, in PostgreSQL's words. SQLite's max and min of two values are called so here too.
create function max (bigint, bigint) returns bigint language sql immutable as 'select greatest($1, $2)';
create function min (bigint, bigint) returns bigint language sql immutable as 'select least($1, $2)';

-- Money is in 0.00001 of the currency unit, times in ms since 1970-01-01 UTC, energy in mJ.
create table customer (
  id text primary key, name text not null, phone text not null, email text not null, made bigint not null
);

create table "user" (
  name text primary key, password_hash text not null, role text not null check (role in ('operator', 'tenant')),
  customer text references customer (id), made bigint not null,
  check ((role = 'tenant') = (customer is not null))
);

-- Only the hash of a session's token is kept.
create table session (
  token_hash text primary key, "user" text not null references "user" (name), made bigint not null, ends bigint not null
);

create table tariff (
  code text primary key, name text not null, price bigint not null check (price >= 0), made bigint not null
);

create table meter (
  number text primary key, name text not null, kind text not null check (kind in ('flat', 'feeder')),
  gateway text not null, line text, address bigint, customer text references customer (id),
  tariff text not null references tariff (code), preset_credit bigint not null check (preset_credit >= 0),
  supply_group_code text not null, key_revision_number bigint not null, tariff_index bigint not null,
  last_tid bigint not null default 0, last_sequence bigint not null default 0, made bigint not null
);
create index meter_customer on meter (customer);

-- The prices that a meter has had: from which priced energy on. Version 0 is the price it was registered with.
create table price_step (
  meter text not null references meter (number), version bigint not null, price bigint not null,
  from_energy bigint not null, primary key (meter, version)
);

create table ledger_entry (
  number bigint primary key, ts bigint not null, text text not null, purchase text
);

-- Debit is positive, credit negative; the lines of an entry sum to 0. `meter` is the sub-ledger.
create table ledger_line (
  entry bigint not null references ledger_entry (number), line bigint not null, account text not null,
  meter text references meter (number), amount bigint not null, primary key (entry, line)
);
create index ledger_line_account on ledger_line (account, meter, amount);

create function ledger_stays () returns trigger language plpgsql as
$$begin raise exception 'the ledger is append only'; end$$;
create trigger ledger_entry_stays before update or delete on ledger_entry for each row execute function ledger_stays ();
create trigger ledger_line_stays before update or delete on ledger_line for each row execute function ledger_stays ();

create table purchase (
  id text primary key, meter text not null references meter (number), amount bigint not null check (amount > 0),
  credited bigint not null, tid bigint not null, token text not null, deliver bigint not null,
  state text not null check (state in ('issued', 'sent', 'accepted', 'refused', 'expired', 'failed')),
  detail text not null default '', receipt bigint not null unique, ts bigint not null, accepted bigint,
  "user" text not null, entry bigint not null references ledger_entry (number),
  unique (meter, tid)
);
create index purchase_ts on purchase (ts);
create index purchase_meter on purchase (meter, ts);
create index purchase_entry on purchase (entry);
