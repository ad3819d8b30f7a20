-- Shares and rates are in 1/10 000. Roles beside operator and tenant: an agent sells for a commission out of money paid
-- in before; an engineer is for tokens that carry no credit.
create table agent (
  code text primary key, name text not null, commission_e4 integer not null check (commission_e4 between 0 and 10000),
  made integer not null
) strict;

create table user_new (
  name text primary key, password_hash text not null,
  role text not null check (role in ('operator', 'tenant', 'agent', 'engineer')),
  customer text references customer (id), made integer not null, agent text references agent (code),
  check ((role = 'tenant') = (customer is not null)), check ((role = 'agent') = (agent is not null))
) strict;
insert into user_new (name, password_hash, role, customer, made) select name, password_hash, role, customer, made from user;
drop table user;
alter table user_new rename to user;

-- What a customer may owe for purchases of its own.
alter table customer add column credit_limit integer not null default 0 check (credit_limit >= 0);

-- `party` is a second sub-ledger: a customer (receivable) or an agent (agent_float).
alter table ledger_line add column party text;
create index ledger_line_party on ledger_line (party, account, amount) where party is not null;

-- What a sale under a tariff takes besides energy, and gives: tax, a charge and free energy for each calendar month.
create table sale_terms (
  tariff text primary key references tariff (code), tax_e4 integer not null check (tax_e4 between 0 and 10000),
  standing_charge integer not null check (standing_charge >= 0), least integer not null check (least >= 0),
  most_a_day integer check (most_a_day > 0), free_energy integer not null check (free_energy >= 0), made integer not null
) strict;

-- Months are counted from year 0; what the meter was last sold for.
alter table meter add column standing_month integer;
alter table meter add column free_month integer;
alter table meter add column base_date integer not null default 2014;

-- `most` of one purchase, at most `share_e4` of its amount.
create table debt (
  id text primary key, meter text not null references meter (number), reason text not null,
  amount integer not null check (amount > 0), open integer not null check (open between 0 and amount),
  share_e4 integer not null check (share_e4 between 1 and 10000), most integer check (most > 0), ts integer not null,
  user text not null, entry integer not null references ledger_entry (number)
) strict;
create index debt_open on debt (meter, ts) where open > 0;

create table shift (
  id text primary key, user text not null references user (name), opened integer not null,
  opening integer not null check (opening >= 0), closed integer, counted integer check (counted >= 0), expected integer,
  check ((closed is null) = (counted is null)), check ((closed is null) = (expected is null))
) strict;
create unique index shift_open on shift (user) where closed is null;

create table purchase_new (
  id text primary key, meter text not null references meter (number), amount integer not null check (amount >= 0),
  credited integer not null, tid integer not null, token text not null, deliver integer not null,
  state text not null check (state in ('issued', 'sent', 'accepted', 'refused', 'expired', 'failed', 'reversed')),
  detail text not null default '', receipt integer not null unique, ts integer not null, accepted integer,
  user text not null, entry integer not null references ledger_entry (number),
  asked_energy integer, energy integer not null, free integer not null default 0, tax integer not null default 0,
  standing_charge integer not null default 0, debt integer not null default 0, commission integer not null default 0,
  tender text not null check (tender in ('cash', 'account', 'float')), agent text references agent (code),
  shift text references shift (id), base_date integer not null, key_change text not null default '',
  standing_before integer not null default -1, free_before integer not null default -1,
  unique (meter, base_date, tid)
) strict;
insert into purchase_new (id, meter, amount, credited, tid, token, deliver, state, detail, receipt, ts, accepted, user, entry,
    energy, tender, base_date)
  select id, meter, amount, credited, tid, token, deliver, state, detail, receipt, ts, accepted, user, entry, amount,
    case when exists (select 1 from ledger_line l where l.entry = p.entry and l.account = 'receivable') then 'account' else 'cash' end,
    2014 from purchase p;
drop table purchase;
alter table purchase_new rename to purchase;
create index purchase_ts on purchase (ts);
create index purchase_meter on purchase (meter, ts);
create index purchase_entry on purchase (entry);
create index purchase_shift on purchase (shift) where shift is not null;

-- What a purchase took of a debt.
create table debt_part (
  purchase text not null references purchase (id), debt text not null references debt (id), amount integer not null,
  primary key (purchase, debt)
) strict;

-- An identity whose request never came: it was asked for, and can no longer be sold under.
create table void_purchase (
  id text primary key, ts integer not null, user text not null
) strict;

-- The counter-entry of a purchase whose token was not used. `note` numbers the credit notes, without gaps.
create table reversal (
  id text primary key, purchase text not null unique references purchase (id), note integer not null unique,
  reason text not null, ts integer not null, user text not null, shift text references shift (id),
  entry integer not null references ledger_entry (number)
) strict;
create index reversal_shift on reversal (shift) where shift is not null;

-- Money paid in: by a customer against what it owes, or by an agent for its float.
create table payment (
  id text primary key, customer text references customer (id), agent text references agent (code),
  amount integer not null check (amount > 0), ts integer not null, user text not null, shift text references shift (id),
  entry integer not null references ledger_entry (number), check ((customer is null) <> (agent is null))
) strict;
create index payment_shift on payment (shift) where shift is not null;
