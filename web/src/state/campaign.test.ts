// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { KeyGroup } from '../api/types';
import { keysOf, percentDone, size } from './campaign';

const group = (name: string, meters: number, loaded = true): KeyGroup => ({
  group: name, key: name.slice(0, 8), loaded, base_date: 2014, key_expiry_number: 255, tokens_until: 0, active: 0, expires: null, meters, coming: 0,
});

describe('a campaign', () => {
  it('counts its meters', () => expect(size({ done: 1, issued: 2, waiting: 3 })).toBe(6));
  it.each([
    [0, 0, 0, 100],
    [0, 0, 500, 0],
    [1, 0, 499, 1],
    [1, 1, 2, 25],
    [499, 1, 0, 99],
    [500, 0, 0, 100],
  ])('with %i done, %i issued, %i waiting is done to %i %%', (done, issued, waiting, percent) => {
    expect(percentDone({ done, issued, waiting })).toBe(percent);
  });
  it('goes from a key that meters have to one that is loaded', () => {
    const { from, to } = keysOf([group('201457-1-2', 12), group('201457-2-2', 0), group('201457-3-2', 0, false), group('000000-1-0', 3)]);
    expect(from.map((one) => one.key)).toEqual(['201457-1']);
    expect(to.map((one) => one.key)).toEqual(['201457-1', '201457-2']);
  });
});
