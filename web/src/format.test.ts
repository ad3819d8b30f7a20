// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { fixed, formatAge, formatEnergy, formatPower, groupNumber, groupToken } from './format';

test('a token is printed in groups of four', () => {
  expect(groupToken('12345678901234567890')).toBe('1234 5678 9012 3456 7890');
  expect(groupNumber('07000000013')).toBe('0700 0000 013');
});

test.each([
  [0, '0 W'], [4, '0 W'], [9876, '988 W'], [99_990, '9,999 W'], [123_456, '12.35 kW'], [-5000, '-500 W'],
])('%d tenths of a watt are %s', (dw, shown) => {
  const { value, unit } = formatPower(dw, 'en-GB');
  expect(`${value} ${unit}`).toBe(shown);
});

test('energy is kilowatt-hours', () => expect(formatEnergy(3_600_000_000, 'en-GB')).toBe('1.00'));
test('nothing is shown as minus nothing', () => expect(fixed(-0.001, 2, 'en-GB')).toBe('0.00'));
test('an age is said in the language', () => {
  expect(formatAge(1000, 'en-GB', 1000 + 3 * 60_000)).toMatch(/3 min/);
  expect(formatAge(5000, 'en-GB', 1000)).toBe('now');
});
