// SPDX-License-Identifier: Apache-2.0
/**
 * Money without floating point. The interface carries decimal strings with up to five decimals; here they are whole
 * numbers of 0.00001 of the currency unit (`bigint`), and are written out digit by digit.
 */

/** Units of 0.00001 in one unit of the currency. */
export const units = 100_000n;

const money_pattern = /^(-?)(\d{1,13})(?:\.(\d{1,5}))?$/;

/** Reads a Money of the interface ("50.00", "-0.00001"). Throws RangeError on anything else. */
export function parseMoney(text: string): bigint {
  const found = money_pattern.exec(text);
  if (found === null) throw new RangeError(`not money: ${text}`);
  const value = BigInt(found[2]!) * units + BigInt((found[3] ?? '').padEnd(5, '0'));
  return found[1] === '-' ? -value : value;
}

/** Why an amount typed by a person cannot be sold. */
export type AmountFault = 'empty' | 'not_a_number' | 'not_positive' | 'too_fine' | 'too_large';

/**
 * Reads what a person typed as an amount: digits with one dot or comma and at most `decimals` decimals, more than 0.
 * Answers the Money string for the interface ("50.00") or why it is none.
 */
export function readAmount(typed: string, decimals: number): { amount: string } | { fault: AmountFault } {
  const text = typed.trim().replace(/[\s\u00a0\u202f]/g, '');
  if (text === '') return { fault: 'empty' };
  const found = /^(\d*)(?:[.,](\d*))?$/.exec(text);
  if (found === null || (found[1] === '' && (found[2] ?? '') === '')) return { fault: 'not_a_number' };
  const whole = found[1]!.replace(/^0+(?=\d)/, '') || '0';
  const part = found[2] ?? '';
  if (part.length > decimals) return { fault: 'too_fine' };
  if (whole.length > 9) return { fault: 'too_large' };
  const amount = decimals === 0 ? whole : `${whole}.${part.padEnd(decimals, '0')}`;
  if (parseMoney(amount) === 0n) return { fault: 'not_positive' };
  return { amount };
}

interface Manner {
  group: string;
  point: string;
  decimals: number;
  positive: [string, string];
  negative: [string, string];
}

const manners = new Map<string, Manner>();

/** How a language writes a currency, learnt once from Intl by letting it write numbers that are not money. */
function mannerOf(language: string, currency: string): Manner {
  const key = `${language} ${currency}`;
  const known = manners.get(key);
  if (known) return known;
  let style: Intl.NumberFormat;
  try {
    style = new Intl.NumberFormat(language, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
  } catch {
    style = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  }
  const around = (number: number): [string, string] => {
    const parts = style.formatToParts(number);
    const digits = (part: Intl.NumberFormatPart): boolean => ['integer', 'group', 'decimal', 'fraction'].includes(part.type);
    const first = parts.findIndex(digits);
    const last = parts.length - 1 - [...parts].reverse().findIndex(digits);
    const write = (some: Intl.NumberFormatPart[]): string => some.map((part) => part.value).join('').replace(/^-/, '−');
    return [write(parts.slice(0, first)), write(parts.slice(last + 1))];
  };
  const sample = style.formatToParts(1234567.5);
  const manner: Manner = {
    group: sample.find((part) => part.type === 'group')?.value ?? ',',
    point: new Intl.NumberFormat(language).formatToParts(0.5).find((part) => part.type === 'decimal')?.value ?? '.',
    decimals: style.resolvedOptions().maximumFractionDigits ?? 2,
    positive: around(1),
    negative: around(-1),
  };
  manners.set(key, manner);
  return manner;
}

/** The decimals that a currency is usually written with (2 for EUR, 0 for JPY). */
export function decimalsOf(currency: string): number {
  return mannerOf('en', currency).decimals;
}

/**
 * Writes money for people: "€1,234.50". Shows the currency's own decimals; what is finer is cut off towards minus
 * infinity, so that no page ever shows more credit than there is. With `exact`, all decimals that are not 0 are shown.
 */
export function formatMoney(money: string | bigint, currency: string, language: string, exact = false): string {
  const value = typeof money === 'bigint' ? money : parseMoney(money);
  const manner = mannerOf(language, currency);
  let shown = value;
  let decimals = manner.decimals;
  if (exact) {
    const fraction = (value < 0n ? -value : value) % units;
    const fine = fraction.toString().padStart(5, '0').replace(/0+$/, '').length;
    decimals = Math.max(decimals, fine);
  } else {
    const step = 10n ** BigInt(5 - decimals);
    const rest = ((value % step) + step) % step;
    shown = value - rest;
  }
  const size = shown < 0n ? -shown : shown;
  const whole = (size / units).toString().replace(/\B(?=(\d{3})+$)/g, manner.group);
  const part = (size % units).toString().padStart(5, '0').slice(0, decimals);
  const [before, after] = shown < 0n ? manner.negative : manner.positive;
  return before + whole + (decimals > 0 ? manner.point + part : '') + after;
}

/** Adds Money strings. */
export function sumMoney(all: readonly string[]): bigint {
  return all.reduce((sum, money) => sum + parseMoney(money), 0n);
}

/** A height on a curve, in currency units; only pixels come from it, never a printed figure. */
export function heightOf(money: string): number {
  return Number(parseMoney(money)) / Number(units);
}
