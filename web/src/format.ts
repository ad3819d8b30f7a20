// SPDX-License-Identifier: Apache-2.0
/** Quantities, times and tokens as people read them. All take the language ("en", "zh-CN"). */

/** "1 234 W" below 10 kW, "12.35 kW" above; from tenths of a watt. */
export function formatPower(dw: number, language: string): { value: string; unit: string } {
  const watts = Math.round(dw / 10);
  if (Math.abs(watts) < 10_000) return { value: new Intl.NumberFormat(language).format(watts), unit: 'W' };
  return { value: fixed(dw / 10_000, 2, language), unit: 'kW' };
}

/** Always kilowatts with two decimals, from tenths of a watt. */
export function formatKilowatts(dw: number, language: string): string {
  return fixed(dw / 10_000, 2, language);
}

/** Energy in kWh from millijoule. */
export function formatEnergy(mj: number, language: string, decimals = 2): string {
  return fixed(mj / 3_600_000_000, decimals, language);
}

/** A number with exactly so many decimals. */
export function fixed(value: number, decimals: number, language: string): string {
  const text = new Intl.NumberFormat(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
    .format(value);
  return text.replace(/^-/, '−').replace(/^−(?=[0.,]*$)/, '');
}

/** The 20 digits of a token in groups of four, as they are printed and keyed in. */
export function groupToken(token: string): string {
  return (token.match(/.{1,4}/g) ?? []).join(' ');
}

/** The 11 digits of a meter number in groups, as on its name plate: "0700 0000 019". */
export function groupNumber(number: string): string {
  return (number.match(/.{1,4}/g) ?? []).join(' ');
}

/** "14:05:09" */
export function formatTime(ts: number, language: string): string {
  return new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
    .format(ts);
}

/** Date and time: the time alone when it is today, otherwise "21 Nov, 14:05". */
export function formatWhen(ts: number, language: string, now: number = Date.now()): string {
  const sameDay = new Date(ts).toDateString() === new Date(now).toDateString();
  if (sameDay) return formatTime(ts, language);
  return new Intl.DateTimeFormat(language, {
    day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  }).format(ts);
}

/** The day alone. */
export function formatDay(ts: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(ts);
}

/** Date and time in full, for receipts and tool tips. */
export function formatDateTime(ts: number, language: string): string {
  return new Intl.DateTimeFormat(language, {
    year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
    hourCycle: 'h23',
  }).format(ts);
}

/** "3 min ago", "now"; for the age of a reading. */
export function formatAge(ts: number, language: string, now: number = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - ts) / 1000));
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  if (seconds < 5) return relative.format(0, 'second');
  if (seconds < 60) return relative.format(-seconds, 'second');
  if (seconds < 3600) return relative.format(-Math.round(seconds / 60), 'minute');
  if (seconds < 86_400) return relative.format(-Math.round(seconds / 3600), 'hour');
  return relative.format(-Math.round(seconds / 86_400), 'day');
}
