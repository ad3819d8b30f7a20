// SPDX-License-Identifier: Apache-2.0
/** Curves of power and balance of a meter for the last hour or day; they grow with each reading. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { api } from '../api/client';
import type { Meter, Reading } from '../api/types';
import { append, balanceOf, curveOf, extremes, powerOf } from '../curves';
import { useWords } from '../i18n';
import { useMoney, Choice, Waiting } from '../ui/parts';
import { useLoad } from '../ui/load';
import { Chart, type Curve } from '../ui/chart';

export type Range = 'hour' | 'day';

export const length_ms: Record<Range, number> = { hour: 3_600_000, day: 86_400_000 };

/** Readings of a range, asked for once and grown by the meter's latest reading. */
export function useReadings(meter: Meter, range: Range): { readings: readonly Reading[] | undefined; error: unknown; reload(): void } {
  const { number } = meter;
  const { data, error, reload, patch } = useLoad(`${number} ${range}`, () => api.readings(number, Date.now() - length_ms[range], 1000));
  const latest = meter.reading ?? null;
  useEffect(() => {
    if (latest && data) patch((all) => append(all, latest, latest.ts - length_ms[range]));
  }, [latest, data === undefined]);
  return { readings: data, error, reload };
}

/** What the axis shows: the range, but no more than there are readings for; at least half a minute. In seconds. */
export function axisOf(curve: Curve, range: Range, now: number): { from: number; to: number } {
  const end = Math.max(now / 1000, curve.times[curve.times.length - 1] ?? 0);
  const first = curve.times[0] ?? end;
  return { from: Math.min(end - 30, Math.max(end - length_ms[range] / 1000, first)), to: end };
}

export function writePower(watts: number, language: string): string {
  const kilo = Math.abs(watts) >= 1000;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: kilo ? 2 : 0 }).format(kilo ? watts / 1000 : watts)} ${kilo ? 'kW' : 'W'}`;
}

export function Curves({ meter }: { meter: Meter }) {
  const words = useWords();
  const money = useMoney();
  const [range, setRange] = useState<Range>('hour');
  const { readings, error, reload } = useReadings(meter, range);
  const power = useMemo(() => curveOf(readings ?? [], powerOf, 60_000), [readings]);
  const balance = useMemo(() => curveOf(readings ?? [], balanceOf, 60_000), [readings]);
  const watts = (value: number): string => writePower(value, words.tag);
  const cash = (value: number): string => money(BigInt(Math.round(value * 100_000)));
  const axis = axisOf(power, range, meter.reading?.ts ?? Date.now());
  const span = words(range === 'hour' ? 'last_hour' : 'last_day');
  const said = (what: string, curve: Curve, write: (value: number) => string): string => {
    const found = extremes(curve);
    return found ? words('curve_aria', { what, range: span, low: write(found.low), high: write(found.high), last: write(found.last) }) : words('curve_empty');
  };
  return (
    <section class="card curves" aria-label={words('curve_power')}>
      <div class="card-head">
        <h2 class="card-title">{words('curve_power')}</h2>
        <Choice label={words('range')} value={range} onPick={setRange} options={[{ value: 'hour', text: words('last_hour') }, { value: 'day', text: words('last_day') }]} />
      </div>
      {readings === undefined ? <Waiting error={error} retry={reload} />
        : power.times.length < 2 ? <p class="soft curve-empty">{words('curve_empty')}</p> : (
          <>
            <Chart curve={power} {...axis} colour="--curve-power" height={230} zero write={watts} language={words.tag} sync={meter.number} label={said(words('curve_power'), power, watts)} />
            {meter.kind === 'flat' && (
              <>
                <h2 class="card-title curve-second">{words('curve_balance')}</h2>
                <Chart curve={balance} {...axis} colour="--curve-balance" height={170} write={cash} language={words.tag} sync={meter.number} label={said(words('curve_balance'), balance, cash)} />
              </>
            )}
          </>
        )}
    </section>
  );
}
