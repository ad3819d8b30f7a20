// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { tokenWish } from './engineering';

describe('a token without credit', () => {
  it('asks for a number where the kind has one', () => {
    expect(tokenWish('a', 'power_limit', '5000', true)).toEqual({ id: 'a', kind: 'power_limit', value: 5000, deliver: true });
  });
  it('takes the first register where none was chosen', () => {
    expect(tokenWish('a', 'clear_credit', '', false)).toEqual({ id: 'a', kind: 'clear_credit', value: 65_535, deliver: false });
    expect(tokenWish('a', 'clear_credit', '4', false).value).toBe(4);
  });
  it('sends no value where there is none', () => {
    expect(tokenWish('a', 'key_change', '', true)).toEqual({ id: 'a', kind: 'key_change', deliver: true });
  });
});
