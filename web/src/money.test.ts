// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { decimalsOf, formatMoney, parseMoney, readAmount, sumMoney } from './money';

describe('money of the interface', () => {
  test.each([
    ['50.00', 5_000_000n], ['0.00001', 1n], ['-0.00001', -1n], ['7', 700_000n], ['9999999999999.99999', 999_999_999_999_999_999n],
  ])('reads %s exactly', (text, value) => expect(parseMoney(text)).toBe(value));

  test.each(['', '.5', '5.', '1e3', '0.000001', '12345678901234', '+5', ' 5', '5,00', 'NaN'])('refuses %j', (text) => {
    expect(() => parseMoney(text)).toThrow(RangeError);
  });

  test('adds without loss where floating point would lose', () => {
    expect(sumMoney(['0.10', '0.20', '9007199254740.99301'])).toBe(900_719_925_474_129_301n);
  });
});

describe('money as people read it', () => {
  test.each([
    ['1234567.50', 'EUR', 'en-GB', '€1,234,567.50'],
    ['1234.50', 'EUR', 'zh-CN', '€1,234.50'],
    ['1234.50', 'CNY', 'zh-CN', '¥1,234.50'],
    ['1234.50', 'EUR', 'de-DE', '1.234,50\u00a0€'],
    ['500.00', 'JPY', 'en-GB', '¥500'],
    ['-3.00', 'EUR', 'en-GB', '−€3.00'],
    ['12.34', '', 'en-GB', '12.34'],
  ])('%s %s in %s', (money, currency, language, shown) => expect(formatMoney(money, currency, language)).toBe(shown));

  test.each([
    ['1.99999', '€1.99'], ['-0.00001', '−€0.01'], ['0.00999', '€0.00'], ['-1.99999', '−€2.00'],
  ])('never shows more credit than there is: %s', (money, shown) => expect(formatMoney(money, 'EUR', 'en-GB')).toBe(shown));

  test('shows every decimal when it must be exact', () => {
    expect(formatMoney('1.20003', 'EUR', 'en-GB', true)).toBe('€1.20003');
    expect(formatMoney('1.20000', 'EUR', 'en-GB', true)).toBe('€1.20');
  });

  test('knows how many decimals a currency has', () => {
    expect(decimalsOf('EUR')).toBe(2);
    expect(decimalsOf('JPY')).toBe(0);
  });
});

describe('an amount typed by a person', () => {
  test.each([
    ['50', '50.00'], ['50.5', '50.50'], ['50,5', '50.50'], [' 1 000 ', '1000.00'], ['.5', '0.50'], ['007', '7.00'], ['5.', '5.00'],
  ])('%j is %s', (typed, amount) => expect(readAmount(typed, 2)).toEqual({ amount }));

  test.each([
    ['', 'empty'], ['abc', 'not_a_number'], ['1.2.3', 'not_a_number'], ['1,000.50', 'not_a_number'], ['-5', 'not_a_number'], ['.', 'not_a_number'],
    ['1e3', 'not_a_number'], ['0', 'not_positive'], ['0.00', 'not_positive'], ['1.005', 'too_fine'], ['1234567890', 'too_large'],
  ])('%j is refused as %s', (typed, fault) => expect(readAmount(typed, 2)).toEqual({ fault }));

  test('has no decimals where the currency has none', () => {
    expect(readAmount('500', 0)).toEqual({ amount: '500' });
    expect(readAmount('500.5', 0)).toEqual({ fault: 'too_fine' });
  });
});
