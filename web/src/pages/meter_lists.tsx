// SPDX-License-Identifier: Apache-2.0
/** The lists of a meter's page: purchases, events, orders; each loads by itself and follows the live connection. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../api/client';
import type { MeterEvent, Purchase } from '../api/types';
import { formatDateTime, formatWhen, groupToken } from '../format';
import { named, useWords, type Words } from '../i18n';
import { useCell } from '../state/cell';
import { latestOrder, latestPurchase } from '../state/site';
import { upsert, useLoad } from '../ui/load';
import { orderTone, Pill, purchaseTone, useMoney, Waiting } from '../ui/parts';
import { PurchaseDialog } from './purchase';

function ListCard({ title, empty, count, loaded, children }: {
  title: string;
  empty: string;
  count: number | undefined;
  loaded: { error: unknown; reload(): void };
  children: ComponentChildren;
}) {
  return (
    <section class="card list-card" aria-label={title}>
      <h2 class="card-title">{title}</h2>
      {count === undefined ? <Waiting error={loaded.error} retry={loaded.reload} />
        : count === 0 ? <p class="soft">{empty}</p> : <ul class="rows" tabIndex={0} aria-label={title}>{children}</ul>}
    </section>
  );
}

export function PurchaseList({ number }: { number: string }) {
  const words = useWords();
  const money = useMoney();
  const list = useLoad(`purchases ${number}`, () => api.purchases(number));
  const heard = useCell(latestPurchase);
  const [shown, setShown] = useState<Purchase | null>(null);
  useEffect(() => {
    if (heard?.meter === number) list.patch((all) => upsert(all, heard));
  }, [heard]);
  return (
    <ListCard title={words('purchases')} empty={words('purchases_none')} count={list.data?.length} loaded={list}>
      {(list.data ?? []).map((purchase) => (
        <li key={purchase.id}>
          <button type="button" class="row-button" onClick={() => setShown(purchase)}>
            <span><b>{money(purchase.amount)}</b><small class="soft digits">{groupToken(purchase.token)}</small></span>
            <span class="row-end"><Pill tone={purchaseTone(purchase.state)}>{words(`short.${purchase.state}`)}</Pill><small class="soft">{formatWhen(purchase.ts, words.tag)}</small></span>
          </button>
        </li>
      ))}
      {shown && <PurchaseDialog purchase={shown} onClose={() => setShown(null)} />}
    </ListCard>
  );
}

/** What more an event says, in words. */
function about(words: Words, money: (units: bigint) => string, event: MeterEvent): string {
  const amount = (): string => money(BigInt(event.value ?? 0));
  switch (event.name) {
    case 'token_accepted': return amount();
    case 'supply_opened': case 'supply_closed': case 'low_credit': return `${words('balance')} ${amount()}`;
    default: return '';
  }
}

const loud = new Set(['supply_opened', 'token_refused', 'order_refused', 'relay_fault', 'relay_does_not_follow', 'storage_fault']);

/** `latest` is the time of the meter's latest reading: events come with readings, so they are asked for at most every 5 s. */
export function EventList({ number, latest }: { number: string; latest: number }) {
  const words = useWords();
  const money = useMoney();
  const list = useLoad(`events ${number} ${Math.floor(latest / 5000)}`, () => api.events(number, 50));
  const [kept, setKept] = useState<MeterEvent[] | undefined>(undefined);
  useEffect(() => {
    if (list.data) setKept(list.data);
  }, [list.data]);
  const events = list.data ?? kept;
  return (
    <ListCard title={words('events')} empty={words('events_none')} count={events?.length} loaded={list}>
      {(events ?? []).map((event) => (
        <li key={event.number} class="row">
          <span><b class={loud.has(event.name) ? 'is-gone' : ''}>{named(words, 'event', event.name)}</b><small class="soft">{about(words, (units) => money(units), event)}</small></span>
          <span class="row-end"><small class="soft" title={formatDateTime(event.ts, words.tag)}>{formatWhen(event.ts, words.tag)}</small><small class="soft">#{event.number}</small></span>
        </li>
      ))}
    </ListCard>
  );
}

export function OrderList({ number }: { number: string }) {
  const words = useWords();
  const list = useLoad(`orders ${number}`, () => api.orders(number));
  const heard = useCell(latestOrder);
  useEffect(() => {
    if (heard?.meter === number) list.patch((all) => upsert(all, heard));
  }, [heard]);
  return (
    <ListCard title={words('orders')} empty={words('orders_none')} count={list.data?.length} loaded={list}>
      {(list.data ?? []).map((order) => (
        <li key={order.id} class="row">
          <span><b>{named(words, 'verb', order.verb)}</b><small class="soft">{[order.user, order.detail].filter(Boolean).join(' · ')}</small></span>
          <span class="row-end"><Pill tone={orderTone(order.state)}>{named(words, 'order', order.state)}</Pill><small class="soft">{formatWhen(order.ts, words.tag)}</small></span>
        </li>
      ))}
    </ListCard>
  );
}
