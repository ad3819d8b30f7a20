-- Shares and rates are in 1/10 000. Roles beside operator and tenant: an agent sells for a commission out of money paid
-- in before; an engineer is for tokens that carry no credit.
create table agent (
  code text primary key, name text not null, commission_e4 bigint not null check (commission_e4 between 0 and 10000),
  made bigint not null
);

alter table "user" add column agent text references agent (code);
alter table "user" drop constraint user_role_check;
alter table "user" add check (role in ('operator', 'tenant', 'agent', 'engineer'));
alter table "user" add check ((role = 'agent') = (agent is not null));

-- What a customer may owe for purchases of its own.
alter table customer add column credit_limit bigint not null default 0 check (credit_limit >= 0);

-- `party` is a second sub-ledger: a customer (receivable) or an agent (agent_float).
alter table ledger_line add column party text;
create index ledger_line_party on ledger_line (party, account, amount) where party is not null;

-- What a sale under a tariff takes besides energy, and gives: tax, a charge and free energy for each calendar month.
create table sale_terms (
  tariff text primary key references tariff (code), tax_e4 bigint not null check (tax_e4 between 0 and 10000),
  standing_charge bigint not null check (standing_charge >= 0), least bigint not null check (least >= 0),
  most_a_day bigint check (most_a_day > 0), free_energy bigint not null check (free_energy >= 0), made bigint not null
);

-- Months are counted from year 0; what the meter was last sold for.
alter table meter add column standing_month bigint;
alter table meter add column free_month bigint;
alter table meter add column base_date bigint not null default 2014;

-- `most` of one purchase, at most `share_e4` of its amount.
create table debt (
  id text primary key, meter text not null references meter (number), reason text not null,
  amount bigint not null check (amount > 0), open bigint not null check (open between 0 and amount),
  share_e4 bigint not null check (share_e4 between 1 and 10000), most bigint check (most > 0), ts bigint not null,
  "user" text not null, entry bigint not null references ledger_entry (number)
);
create index debt_open on debt (meter, ts) where open > 0;

create table shift (
  id text primary key, "user" text not null references "user" (name), opened bigint not null,
  opening bigint not null check (opening >= 0), closed bigint, counted bigint check (counted >= 0), expected bigint,
  check ((closed is null) = (counted is null)), check ((closed is null) = (expected is null))
);
create unique index shift_open on shift ("user") where closed is null;

alter table purchase drop constraint purchase_state_check, drop constraint purchase_amount_check,
  drop constraint purchase_meter_tid_key,
  add column asked_energy bigint, add column energy bigint not null default 0, add column free bigint not null default 0,
  add column tax bigint not null default 0, add column standing_charge bigint not null default 0,
  add column debt bigint not null default 0, add column commission bigint not null default 0,
  add column tender text not null default 'cash' check (tender in ('cash', 'account', 'float')),
  add column agent text references agent (code), add column shift text references shift (id),
  add column base_date bigint not null default 2014, add column key_change text not null default '',
  add column standing_before bigint not null default -1, add column free_before bigint not null default -1;
alter table purchase add check (amount >= 0), add unique (meter, base_date, tid),
  add check (state in ('issued', 'sent', 'accepted', 'refused', 'expired', 'failed', 'reversed'));
update purchase set energy = amount, tender =
  case when exists (select 1 from ledger_line l where l.entry = purchase.entry and l.account = 'receivable') then 'account' else 'cash' end;
create index purchase_shift on purchase (shift) where shift is not null;

-- What a purchase took of a debt.
create table debt_part (
  purchase text not null references purchase (id), debt text not null references debt (id), amount bigint not null,
  primary key (purchase, debt)
);

-- An identity whose request never came: it was asked for, and can no longer be sold under.
create table void_purchase (
  id text primary key, ts bigint not null, "user" text not null
);

-- The counter-entry of a purchase whose token was not used. `note` numbers the credit notes, without gaps.
create table reversal (
  id text primary key, purchase text not null unique references purchase (id), note bigint not null unique,
  reason text not null, ts bigint not null, "user" text not null, shift text references shift (id),
  entry bigint not null references ledger_entry (number)
);
create index reversal_shift on reversal (shift) where shift is not null;

-- Money paid in: by a customer against what it owes, or by an agent for its float.
create table payment (
  id text primary key, customer text references customer (id), agent text references agent (code),
  amount bigint not null check (amount > 0), ts bigint not null, "user" text not null, shift text references shift (id),
  entry bigint not null references ledger_entry (number), check ((customer is null) <> (agent is null))
);
create index payment_shift on payment (shift) where shift is not null;
