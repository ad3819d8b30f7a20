// SPDX-License-Identifier: Apache-2.0
/** The top of the site's page: power of the feeder against the sum of the flats, and four figures. */
import { useEffect, useReducer } from 'preact/hooks';
import type { Meter } from '../api/types';
import { fixed, formatKilowatts } from '../format';
import { useWords } from '../i18n';
import { useCell } from '../state/cell';
import { to } from '../state/route';
import { meterCell, meterNumbers, openAlarms, site } from '../state/site';
import { Icon } from '../ui/icons';
import { useMoney } from '../ui/parts';

/** All meters, drawn again at most once a second: the figures here are sums over all of them. */
function useMeters(): Meter[] {
  const numbers = useCell(meterNumbers);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        redraw(undefined);
      }, 300);
    };
    const stops = (numbers ?? []).map((number) => meterCell(number).watch(soon));
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [numbers]);
  return (numbers ?? []).map((number) => meterCell(number).value).filter((meter): meter is Meter => meter !== null);
}

export interface Balance {
  feeder: number;
  flats: number;
  rest: number;
  /** Each flat with a load, largest first. */
  shares: { meter: Meter; dw: number }[];
}

/** Power of feeder and flats in tenths of a watt; null without a feeder that has been read. Silent meters count as 0. */
export function balanceNow(meters: readonly Meter[]): Balance | null {
  const power = (meter: Meter): number => (meter.reachable ? meter.reading?.active_power_dw ?? 0 : 0);
  const feeders = meters.filter((meter) => meter.kind === 'feeder' && meter.reading?.active_power_dw !== undefined);
  if (feeders.length === 0) return null;
  const shares = meters.filter((meter) => meter.kind === 'flat').map((meter) => ({ meter, dw: power(meter) }))
    .filter((share) => share.dw > 0).sort((a, b) => b.dw - a.dw);
  const feeder = feeders.reduce((sum, meter) => sum + power(meter), 0);
  const flats = shares.reduce((sum, share) => sum + share.dw, 0);
  return { feeder, flats, rest: feeder - flats, shares };
}

export function FeederBalance() {
  const words = useWords();
  const meters = useMeters();
  const now = balanceNow(meters);
  if (now === null) {
    return <section class="card feeder"><h2 class="eyebrow">{words('balance_title')}</h2><p class="soft">{words('balance_none')}</p></section>;
  }
  const { feeder, flats, rest, shares } = now;
  const silent = meters.filter((meter) => meter.kind === 'flat' && !meter.reachable).length;
  const kw = (dw: number): string => formatKilowatts(dw, words.tag);
  const part = feeder > 0 ? (rest / feeder) * 100 : 0;
  const loud = Math.abs(part) > 5 && Math.abs(rest) > 1000;
  return (
    <section class="card feeder" aria-label={words('balance_title')}>
      <h2 class="eyebrow">{words('balance_title')}</h2>
      <dl class="feeder-figures">
        <div class="feeder-main"><dt>{words('balance_feeder')}</dt><dd>{kw(feeder)}<small> kW</small></dd></div>
        <div><dt>{words('balance_flats')}</dt><dd>{kw(flats)}<small> kW</small></dd></div>
        <div class={loud ? 'feeder-rest is-loud' : 'feeder-rest'}>
          <dt>{words('balance_rest')}</dt>
          <dd>{kw(rest)}<small> kW · {fixed(part, 1, words.tag)} %</small></dd>
        </div>
      </dl>
      <div class="stripes" role="img" aria-label={words('balance_aria', { feeder: kw(feeder), flats: kw(flats), rest: kw(rest) })}>
        {shares.map(({ meter, dw }, index) => (
          <a key={meter.number} class={`stripe stripe-${index % 4}`} tabIndex={-1} aria-hidden="true" href={to('meters', meter.number)}
            title={`${meter.name}: ${kw(dw)} kW`} style={{ flexGrow: dw }}>
            <span>{meter.name}</span>
          </a>
        ))}
        {rest > 0 && <i class="stripe stripe-rest" title={`${words('balance_rest')}: ${kw(rest)} kW`} style={{ flexGrow: rest }} />}
      </div>
      <p class="soft small">{silent === 0 ? words('balance_share') : silent === 1 ? words('balance_silent_one') : words('balance_silent', { count: silent })}</p>
    </section>
  );
}

export function Glance() {
  const words = useWords();
  const money = useMoney();
  const now = useCell(site);
  const alarms = useCell(openAlarms).length;
  if (now === null) return null;
  const silent = now.meters - now.meters_reachable;
  const down = now.gateways.filter((gateway) => !gateway.online);
  return (
    <ul class="figures">
      <li class="card">
        <a href={to('sales')}>
          <span class="eyebrow">{words('sold_today')}</span>
          <b class="figure" data-sold={now.sold_today}>{money(now.sold_today)}</b>
        </a>
      </li>
      <li class={alarms > 0 ? 'card is-warn' : 'card'}>
        <a href={to('alarms')}>
          <span class="eyebrow">{words('alarms_open')}</span>
          <b class="figure">{alarms}{alarms === 0 && <small> {words('alarms_quiet')}</small>}</b>
        </a>
      </li>
      <li class={silent > 0 ? 'card is-warn' : 'card'}>
        <span class="eyebrow">{words('meters_reachable')}</span>
        <b class="figure">{now.meters_reachable}<small> / {now.meters}</small></b>
      </li>
      <li class={down.length > 0 ? 'card is-warn' : 'card'}>
        <span class="eyebrow">{words('gateways')}</span>
        {now.gateways.length === 0 ? <span class="soft small">{words('gateways_none')}</span> : (
          <ul class="gateways">
            {now.gateways.map((gateway) => (
              <li key={gateway.name}>
                <i class={gateway.online ? 'dot dot-good' : 'dot dot-bad'} aria-hidden="true" />
                <b>{gateway.name}</b> <span class="soft">{words(gateway.online ? 'gateway_online' : 'gateway_offline')}</span>
              </li>
            ))}
          </ul>
        )}
        {down.length > 0 && <Icon name="warn" size={16} />}
      </li>
    </ul>
  );
}
