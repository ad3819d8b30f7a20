// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { Meter, Reading } from './api/types';
import { append, curveOf, extremes, most, powerOf, useByHour } from './curves';
import { balanceNow } from './pages/glance';
import { byAccount } from './pages/ledger';
import { mergePoints, window_ms } from './state/trace';
import { sparkPath } from './ui/spark';

const at = (ts: number, dw = 100): Reading => ({ ts, active_power_dw: dw });
const hour = 3_600_000;

describe('a curve', () => {
  test('grows at its end only, and forgets what is before its range', () => {
    const some = [at(1000), at(2000)];
    expect(append(some, at(2000), 0)).toBe(some);
    expect(append(some, at(1500), 0)).toBe(some);
    expect(append(some, at(3000), 2000).map((one) => one.ts)).toEqual([2000, 3000]);
  });

  test('stays bounded on a page that stays open', () => {
    let all: Reading[] = [];
    for (let ts = 0; ts < 5 * most; ts += 1) all = append(all, at(ts), 0);
    expect(all.length).toBeLessThanOrEqual(most);
    expect(all[0]?.ts).toBe(0);
    expect(all[all.length - 1]?.ts).toBe(5 * most - 1);
  });

  test('is broken where the meter was silent', () => {
    const curve = curveOf([at(0), at(1000), at(2000), at(100_000), at(101_000)], powerOf, 60_000);
    expect(curve.values).toEqual([10, 10, 10, null, 10, 10]);
  });

  test('is not broken where readings are only thinned', () => {
    const curve = curveOf([0, 1, 2, 3, 4].map((index) => at(index * 90_000)), powerOf, 60_000);
    expect(curve.values).not.toContain(null);
  });

  test('tells its extremes, or that there are none', () => {
    expect(extremes({ times: [1, 2, 3], values: [5, null, 2] })).toEqual({ low: 2, high: 5, last: 2 });
    expect(extremes({ times: [], values: [] })).toBeNull();
  });
});

describe('use by hour', () => {
  const energy = (ts: number, mj: number): Reading => ({ ts, import_energy_mj: mj });

  test('shares energy between the hours by time', () => {
    const now = 100 * hour + 1000;
    const hours = useByHour([energy(99 * hour + hour / 2, 0), energy(100 * hour + hour / 2, 1000)], now);
    expect(hours.length).toBe(24);
    expect(hours[22]?.mj).toBe(500);
    expect(hours[23]?.mj).toBe(500);
  });

  test('counts a register that went back as nothing, and readings without it not at all', () => {
    const hours = useByHour([energy(99 * hour, 900), at(99 * hour + 5), energy(99 * hour + 10, 100)], 100 * hour);
    expect(hours.every((one) => one.mj === 0)).toBe(true);
  });
});

describe('feeder balance', () => {
  const meter = (kind: 'flat' | 'feeder', dw: number | undefined, reachable = true): Meter => ({
    number: '07000000013', name: 'x', kind, gateway: 'g', tariff: 't', reachable, shadow: { balance: null, difference: null, agrees: null },
    reading: dw === undefined ? null : at(1, dw),
  });

  test('is what the feeder has more than the flats', () => {
    expect(balanceNow([meter('feeder', 1000), meter('flat', 300), meter('flat', 600)])).toMatchObject({ feeder: 1000, flats: 900, rest: 100 });
  });
  test('takes a silent flat as nothing, and orders by load', () => {
    const now = balanceNow([meter('feeder', 1000), meter('flat', 300, false), meter('flat', 1), meter('flat', 600)]);
    expect(now).toMatchObject({ flats: 601, rest: 399 });
    expect(now?.shares.map((share) => share.dw)).toEqual([600, 1]);
  });
  test.each([[[]], [[meter('flat', 5)]], [[meter('feeder', undefined)]]])('is not there without a feeder that was read', (meters) => {
    expect(balanceNow(meters)).toBeNull();
  });
});

describe('the small curve', () => {
  test('merges points by time and forgets old ones', () => {
    const merged = mergePoints([{ ts: 5, dw: 1 }, { ts: window_ms + 6, dw: 2 }], [{ ts: window_ms + 6, dw: 3 }, { ts: 7, dw: 4 }]);
    expect(merged).toEqual([{ ts: 7, dw: 4 }, { ts: window_ms + 6, dw: 3 }]);
  });
  test('is not drawn from one point', () => {
    expect(sparkPath([{ ts: 1, dw: 1 }])).toBe('');
    expect(sparkPath([{ ts: 0, dw: 0 }, { ts: 60_000, dw: 10_000 }])).toMatch(/^M0\.0 32\.5L120\.0 /);
  });
});

test('the lines of one account and side of an entry are shown together', () => {
  const line = (account: string, amount: string): { account: string; amount: string } => ({ account, amount });
  expect(byAccount({ lines: [line('credit', '0.10'), line('revenue', '-0.10'), line('credit', '0.20'), line('revenue', '-0.20'), line('credit', '-1')] })).toEqual([
    { account: 'credit', amount: 30_000n, count: 2 }, { account: 'revenue', amount: -30_000n, count: 2 }, { account: 'credit', amount: -100_000n, count: 1 },
  ]);
});
