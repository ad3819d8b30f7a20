// SPDX-License-Identifier: Apache-2.0
import { webcrypto } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { named, translate, type Words } from './i18n';
import { newId } from './identity';
import { retryDelay } from './api/live';
import { texts, type TextKey } from './texts';

const holes = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe('texts', () => {
  test.each(Object.keys(texts) as TextKey[])('%s is there in both languages with the same holes', (key) => {
    const [english, chinese] = texts[key];
    expect(english.trim()).not.toBe('');
    expect(chinese.trim()).not.toBe('');
    expect(new Set(holes(chinese))).toEqual(new Set(holes(english)));
  });

  test('fill their holes', () => expect(translate('en', 'of', { a: 1, b: 2 })).toBe('1 of 2'));

  test('make a name that is not in the table readable', () => {
    const words = ((key: TextKey) => translate('zh', key)) as Words;
    expect(named(words, 'alarm', 'low_credit')).toBe('余额不足');
    expect(named(words, 'alarm', 'meter_on_fire')).toBe('meter on fire');
  });
});

// Node 18 has no global `crypto`; every browser has.
if (!('crypto' in globalThis)) Object.assign(globalThis, { crypto: webcrypto });

test('identities are version 4 UUIDs and differ', () => {
  const ids = Array.from({ length: 200 }, newId);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(200);
});

test('a lost connection is tried again soon, then seldom, never all at once', () => {
  expect(retryDelay(0, 0.5)).toBe(500);
  expect(retryDelay(0, 0)).toBe(375);
  expect(retryDelay(50, 1)).toBe(10_000);
});
