// SPDX-License-Identifier: Apache-2.0
/** Readings become curves: in order, without doubles, broken where the meter was silent. */
import type { Reading } from './api/types';
import type { Curve } from './ui/chart';
import { heightOf } from './money';

/** Readings that a curve keeps at most. */
export const most = 3000;

/** Appends a reading to readings in order of time; one that is already there, or older than the last, changes nothing. */
export function append(readings: readonly Reading[], reading: Reading, from: number): Reading[] {
  const last = readings[readings.length - 1];
  if (last && reading.ts <= last.ts) return readings as Reading[];
  const first = readings.findIndex((one) => one.ts >= from);
  const kept = first > 0 ? readings.slice(first) : readings;
  // A page that stays open all day would gather 86 400 readings: the older half gives up every second one.
  const thinned = kept.length < most ? kept : kept.filter((_, index) => index > most / 2 || index % 2 === 0);
  return [...thinned, reading];
}

/**
 * The curve of one quantity. A gap of more than `gap_ms`, or of six times the usual distance if that is more (thinned
 * readings are far apart), breaks the line.
 */
export function curveOf(readings: readonly Reading[], pick: (reading: Reading) => number | undefined, gap_ms: number): Curve {
  const steps = readings.slice(1).map((reading, index) => reading.ts - readings[index]!.ts).sort((a, b) => a - b);
  const usual = steps[Math.floor(steps.length / 2)] ?? 0;
  const limit = Math.max(gap_ms, usual * 6);
  const times: number[] = [];
  const values: (number | null)[] = [];
  let before: number | null = null;
  for (const reading of readings) {
    const value = pick(reading);
    if (value === undefined) continue;
    if (before !== null && reading.ts - before > limit) {
      times.push((before + reading.ts) / 2000);
      values.push(null);
    }
    times.push(reading.ts / 1000);
    values.push(value);
    before = reading.ts;
  }
  return { times, values };
}

export const powerOf = (reading: Reading): number | undefined =>
  reading.active_power_dw === undefined ? undefined : reading.active_power_dw / 10;

export const balanceOf = (reading: Reading): number | undefined =>
  reading.balance === undefined ? undefined : heightOf(reading.balance);

/** Lowest, highest and last of a curve, for its description; null when it is empty. */
export function extremes(curve: Curve): { low: number; high: number; last: number } | null {
  const values = curve.values.filter((value): value is number => value !== null);
  if (values.length === 0) return null;
  return {
    low: values.reduce((a, b) => Math.min(a, b)),
    high: values.reduce((a, b) => Math.max(a, b)),
    last: values[values.length - 1]!,
  };
}

export interface HourUse {
  /** Start of the hour, ms since 1970. */
  start: number;
  /** mJ used in it, as far as readings tell. */
  mj: number;
}

/**
 * Energy by hour of the clock from the register of imported energy, for the 24 hours that end with the hour of `now`.
 * Between two readings in different hours the energy is shared by time; a register that went back counts as nothing.
 */
export function useByHour(readings: readonly Reading[], now: number): HourUse[] {
  const hour = 3_600_000;
  const first = Math.floor(now / hour) * hour - 23 * hour;
  const hours = Array.from({ length: 24 }, (_, index) => ({ start: first + index * hour, mj: 0 }));
  let before: Reading | undefined;
  for (const reading of readings) {
    if (reading.import_energy_mj === undefined) continue;
    if (before && reading.ts > before.ts) {
      const used = reading.import_energy_mj - before.import_energy_mj!;
      if (used > 0) {
        for (const one of hours) {
          const overlap = Math.min(reading.ts, one.start + hour) - Math.max(before.ts, one.start);
          if (overlap > 0) one.mj += Math.round((used * overlap) / (reading.ts - before.ts));
        }
      }
    }
    before = reading;
  }
  return hours;
}
