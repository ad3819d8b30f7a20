-- Cards of customers, engineers and readers. `taken` is the latest load that a meter has told of; `issue` counts the cards that a meter has had as its own.
create table card (
  serial text primary key, kind text not null check (kind in ('user', 'service', 'query')),
  meter text references meter (number), issue integer not null, loads integer not null default 0,
  taken integer not null default 0,
  state text not null check (state in ('open', 'replaced')), made integer not null, user text not null,
  check ((kind = 'query') = (meter is null))
) strict;
create index card_meter on card (meter);
create unique index card_own on card (meter) where kind = 'user' and state = 'open';

-- What is to reach the meter by a card: a purchase's token, another token, or an order. It waits until a statement of the
-- meter tells what became of it.
create table card_item (
  id integer primary key, card text not null references card (serial), purchase text references purchase (id),
  meter_order text references meter_order (id), kind text not null check (kind in ('token', 'order')), content text not null,
  state text not null check (state in ('waiting', 'done', 'refused')), result integer not null default 0
) strict;
create index card_item_waiting on card_item (card) where state = 'waiting';

-- Each load that was given to the desk; `items` are the ids of what was in it, in their order.
create table card_load (
  id text primary key, card text not null references card (serial), number integer not null, purpose text not null,
  asked text not null, content text not null, items text not null, ts integer not null, user text not null,
  unique (card, number)
) strict;

-- The newest statement that each card brought of each meter.
create table card_statement (
  card text not null references card (serial), meter text not null references meter (number), clock integer not null,
  statement text not null, ts integer not null, user text not null, primary key (card, meter)
) strict;
