// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { NoAnswer, Refusal } from '../api/client';
import type { NewPurchase, Purchase } from '../api/types';
import { SaleDesk, unansweredSales, waits_ms, type Shelf } from './sale';

class MapShelf implements Shelf {
  readonly map = new Map<string, string>();
  getItem(key: string): string | null { return this.map.get(key) ?? null; }
  setItem(key: string, value: string): void { this.map.set(key, value); }
  removeItem(key: string): void { this.map.delete(key); }
  get length(): number { return this.map.size; }
  key(index: number): string | null { return [...this.map.keys()][index] ?? null; }
}

/** A server that sells, and whose answers are lost or refused as `script` says: one word a request. */
class Till {
  readonly sold = new Map<string, Purchase>();
  readonly requests: NewPurchase[] = [];
  constructor(private readonly script: ('answer' | 'lost_before' | 'lost_after' | 'refuse' | 'busy')[]) {}

  buy = async (request: NewPurchase): Promise<Purchase> => {
    this.requests.push(request);
    const what = this.script.shift() ?? 'answer';
    if (what === 'lost_before') throw new NoAnswer('lost');
    if (what === 'refuse') throw new Refusal(422, { type: 'urn:latchkey:problem:bad_field', detail: 'no' });
    if (what === 'busy') throw new Refusal(429, { detail: 'wait' });
    const first = this.sold.get(request.id) ?? {
      id: request.id, meter: request.meter, amount: request.amount, credited: request.amount, token: '0'.repeat(20), state: 'sent', receipt: this.sold.size + 1, ts: 1,
    } satisfies Purchase;
    this.sold.set(request.id, first);
    if (what === 'lost_after') throw new NoAnswer('lost');
    return first;
  };
}

function deskOf(till: Till, shelf: Shelf = new MapShelf()): { desk: SaleDesk; shelf: Shelf; waited: number[] } {
  const waited: number[] = [];
  let count = 0;
  const desk = new SaleDesk('07000000013', 'desk', {
    buy: till.buy, newId: () => `id-${(count += 1)}-${Math.random()}`, shelf, wait: async (ms) => void waited.push(ms),
  });
  return { desk, shelf, waited };
}

describe('a sale', () => {
  test('is sold and its identity forgotten once answered', async () => {
    const till = new Till(['answer']);
    const { desk, shelf } = deskOf(till);
    await desk.confirm('20.00', true);
    expect(desk.state.value.step).toBe('sold');
    expect((shelf as MapShelf).map.size).toBe(0);
  });

  test('is one sale when the button is clicked twice', async () => {
    const till = new Till([]);
    const { desk } = deskOf(till);
    await Promise.all([desk.confirm('20.00', true), desk.confirm('20.00', true), desk.confirm('20.00', true)]);
    expect(till.requests.length).toBe(1);
    expect(till.sold.size).toBe(1);
  });

  test.each([
    ['the request is lost', ['lost_before', 'answer']],
    ['the answer is lost', ['lost_after', 'answer']],
    ['answers are lost three times', ['lost_after', 'lost_after', 'lost_after', 'answer']],
  ] as const)('is sold once when %s', async (_, script) => {
    const till = new Till([...script]);
    const { desk, waited } = deskOf(till);
    await desk.confirm('20.00', true);
    expect(desk.state.value.step).toBe('sold');
    expect(till.sold.size).toBe(1);
    expect(new Set(till.requests.map((request) => request.id)).size).toBe(1);
    expect(waited).toEqual(waits_ms.slice(0, script.length - 1));
  });

  test('says that nothing is known after the last try, and asks again for the same sale', async () => {
    const till = new Till(['lost_after', 'lost_before', 'lost_before', 'lost_before']);
    const { desk } = deskOf(till);
    await desk.confirm('20.00', true);
    expect(desk.state.value.step).toBe('unknown');
    await desk.confirm('99.00', true); // nothing else can be sold meanwhile
    expect(till.requests.length).toBe(4);
    await desk.askAgain();
    expect(desk.state.value.step).toBe('sold');
    expect(till.sold.size).toBe(1);
  });

  test('keeps its identity through a reloaded page', async () => {
    const till = new Till(['lost_after', 'lost_before', 'lost_before', 'lost_before', 'answer']);
    const { desk, shelf } = deskOf(till);
    await desk.confirm('20.00', false);
    desk.close();
    const again = deskOf(till, shelf).desk;
    expect(again.state.value).toMatchObject({ step: 'unknown', request: { amount: '20.00', deliver: false } });
    await again.askAgain();
    expect(again.state.value.step).toBe('sold');
    expect(till.sold.size).toBe(1);
    expect(deskOf(till, shelf).desk.state.value.step).toBe('drafting');
  });

  test('tells a refusal as not sold, and the next draft is another sale', async () => {
    const till = new Till(['refuse', 'answer']);
    const { desk } = deskOf(till);
    await desk.confirm('20.00', true);
    expect(desk.state.value.step).toBe('refused');
    desk.startOver();
    await desk.confirm('20.00', true);
    expect(desk.state.value.step).toBe('sold');
    expect(new Set(till.requests.map((request) => request.id)).size).toBe(2);
  });

  test('is not called refused when only the request was put off', async () => {
    const till = new Till(['lost_after', 'busy', 'answer']);
    const { desk } = deskOf(till);
    await desk.confirm('20.00', true);
    expect(desk.state.value.step).toBe('unknown');
    await desk.askAgain();
    expect(till.sold.size).toBe(1);
  });

  test('is remembered for the page to show until it is answered', async () => {
    const till = new Till(['lost_after', 'lost_before', 'lost_before', 'lost_before', 'answer']);
    const { desk, shelf } = deskOf(till);
    const all = shelf as MapShelf;
    await desk.confirm('20.00', true);
    expect(unansweredSales(all, 'desk')).toEqual(['07000000013']);
    expect(unansweredSales(all, 'somebody')).toEqual([]);
    await desk.askAgain();
    expect(unansweredSales(all, 'desk')).toEqual([]);
  });

  test('works where storage is switched off, and ignores what it cannot read', async () => {
    const broken: Shelf = {
      getItem: () => '{not json',
      setItem: () => { throw new Error('denied'); },
      removeItem: () => { throw new Error('denied'); },
    };
    const till = new Till([]);
    const { desk } = deskOf(till, broken);
    await desk.confirm('20.00', true);
    expect(desk.state.value.step).toBe('sold');
  });
});
