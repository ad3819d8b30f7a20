// SPDX-License-Identifier: Apache-2.0
/** The last minutes of each meter's power, for the small curves on the cards: seeded once, then fed by live readings. */
import { api } from '../api/client';
import type { Meter, Reading } from '../api/types';

export const window_ms = 10 * 60_000;

export interface Point {
  ts: number;
  dw: number;
}

const traces = new Map<string, Point[]>();
const seeded = new Set<string>();

/** Points of the last ten minutes, oldest first. */
export function traceOf(number: string): readonly Point[] {
  return traces.get(number) ?? [];
}

/** Merges points by time; what is older than the window goes. */
export function mergePoints(all: readonly Point[], more: readonly Point[]): Point[] {
  const byTime = new Map([...all, ...more].map((point) => [point.ts, point]));
  const sorted = [...byTime.values()].sort((a, b) => a.ts - b.ts);
  const newest = sorted[sorted.length - 1]?.ts ?? 0;
  return sorted.filter((point) => point.ts > newest - window_ms);
}

function pointOf(reading: Reading): Point[] {
  return reading.active_power_dw === undefined ? [] : [{ ts: reading.ts, dw: reading.active_power_dw }];
}

/** Adds a meter's latest reading. */
export function traceMeter(meter: Meter): void {
  if (!meter.reading) return;
  traces.set(meter.number, mergePoints(traceOf(meter.number), pointOf(meter.reading)));
}

/** Asks once for what was before the page was opened. */
export async function seedTrace(number: string): Promise<void> {
  if (seeded.has(number)) return;
  seeded.add(number);
  try {
    const readings = await api.readings(number, Date.now() - window_ms, 80);
    traces.set(number, mergePoints(traceOf(number), readings.flatMap(pointOf)));
  } catch {
    seeded.delete(number); // the curve begins with the live readings; asked again when the card is drawn next
  }
}
