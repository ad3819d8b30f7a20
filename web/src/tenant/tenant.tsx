// SPDX-License-Identifier: Apache-2.0
/** The tenant's page, for a phone first: what is left, is the power on, what was used, buy, and the tokens again. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { api } from '../api/client';
import type { Meter, Purchase } from '../api/types';
import { curveOf, extremes, powerOf, useByHour } from '../curves';
import { formatAge, formatEnergy, formatPower, formatWhen, groupNumber, groupToken } from '../format';
import { useWords } from '../i18n';
import { axisOf, useReadings, writePower, type Range } from '../pages/curves';
import { PurchaseDialog } from '../pages/purchase';
import { SellDialog } from '../pages/sell';
import { LanguageSwitch, LinkSign, LostBar } from '../pages/shell';
import { useCell } from '../state/cell';
import { remember, remembered } from '../state/memory';
import { latestPurchase, logOut, meterCell, meterNumbers, session, site } from '../state/site';
import { Chart } from '../ui/chart';
import { Contact, Icon, Mark } from '../ui/icons';
import { OpenSales } from '../ui/open_sales';
import { upsert, useLoad } from '../ui/load';
import { balanceTone, Choice, DaysLeft, Empty, Pill, purchaseTone, useMoney, Waiting } from '../ui/parts';

/** One sentence for the state that matters most now. */
function Supply({ meter }: { meter: Meter }) {
  const words = useWords();
  const { reading } = meter;
  if (!reading?.supply_state) return null;
  const closed = reading.supply_state === 'closed';
  const reasons = reading.hold_reasons ?? [];
  const low = (reading.alarms ?? []).includes('low_credit');
  const text = closed ? words(low ? 'tenant_low' : 'tenant_on') : words(reasons.includes('order') ? 'tenant_off_order' : 'tenant_off_credit');
  return (
    <p class={`supply ${closed ? (low ? 'supply-low' : 'supply-on') : 'supply-off'}`} role="status" data-relay={reading.supply_state}>
      <Contact closed={closed} />{text}
    </p>
  );
}

function Use({ meter }: { meter: Meter }) {
  const words = useWords();
  const [range, setRange] = useState<Range>('day');
  const { readings, error, reload } = useReadings(meter, range);
  const hours = useMemo(() => (range === 'day' ? useByHour(readings ?? [], Date.now()) : []), [readings, range]);
  const power = useMemo(() => (range === 'hour' ? curveOf(readings ?? [], powerOf, 60_000) : { times: [], values: [] }), [readings, range]);
  const most = Math.max(1, ...hours.map((hour) => hour.mj));
  const total = hours.reduce((sum, hour) => sum + hour.mj, 0);
  const found = extremes(power);
  const watts = (value: number): string => writePower(value, words.tag);
  return (
    <section class="card tenant-use" aria-labelledby="use-title">
      <div class="card-head">
        <h2 id="use-title" class="card-title">{words('tenant_use')}</h2>
        <Choice label={words('range')} value={range} onPick={setRange} options={[{ value: 'day', text: words('last_day') }, { value: 'hour', text: words('last_hour') }]} />
      </div>
      {readings === undefined ? <Waiting error={error} retry={reload} /> : range === 'day' ? (
        <>
          <p class="soft">{words('tenant_today', { energy: formatEnergy(total, words.tag) })}</p>
          <div class="bars" role="img" aria-label={words('use_aria', { values: hours.map((hour) => `${new Date(hour.start).getHours()}: ${formatEnergy(hour.mj, words.tag)}`).join('; ') })}>
            {hours.map((hour, index) => (
              <div key={hour.start} class={index === 23 ? 'bar is-now' : 'bar'} title={`${String(new Date(hour.start).getHours()).padStart(2, '0')}:00 · ${formatEnergy(hour.mj, words.tag)} kWh`}>
                <i style={{ height: `${Math.max(hour.mj > 0 ? 3 : 1, (hour.mj / most) * 100)}%` }} />
                {new Date(hour.start).getHours() % 6 === 0 && <small>{String(new Date(hour.start).getHours()).padStart(2, '0')}:00</small>}
              </div>
            ))}
          </div>
          <p class="soft small">{words('tenant_use_hours')}</p>
        </>
      ) : power.times.length < 2 ? <p class="soft curve-empty">{words('curve_empty')}</p> : (
        <Chart curve={power} {...axisOf(power, 'hour', meter.reading?.ts ?? Date.now())} colour="--curve-power" height={190} zero write={watts} language={words.tag}
          label={found ? words('curve_aria', { what: words('power'), range: words('last_hour'), low: watts(found.low), high: watts(found.high), last: watts(found.last) }) : words('curve_empty')} />
      )}
    </section>
  );
}

function Tokens({ number }: { number: string }) {
  const words = useWords();
  const money = useMoney();
  const list = useLoad(`purchases ${number}`, () => api.purchases(number, 30));
  const heard = useCell(latestPurchase);
  const [shown, setShown] = useState<Purchase | null>(null);
  useEffect(() => {
    if (heard?.meter === number) list.patch((all) => upsert(all, heard));
  }, [heard]);
  return (
    <section class="card" aria-labelledby="tokens-title">
      <h2 id="tokens-title" class="card-title">{words('tenant_tokens')}</h2>
      {list.data === undefined ? <Waiting error={list.error} retry={list.reload} />
        : list.data.length === 0 ? <p class="soft">{words('purchases_none')}</p> : (
          <>
            <p class="soft small">{words('tenant_tokens_more')}</p>
            <ul class="rows rows-long">
              {list.data.map((purchase) => (
                <li key={purchase.id}>
                  <button type="button" class="row-button" onClick={() => setShown(purchase)}>
                    <span><b>{money(purchase.amount)}</b><small class="soft digits">{groupToken(purchase.token)}</small></span>
                    <span class="row-end"><Pill tone={purchaseTone(purchase.state)}>{words(`short.${purchase.state}`)}</Pill><small class="soft">{formatWhen(purchase.ts, words.tag)}</small></span>
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      {shown && <PurchaseDialog purchase={shown} onClose={() => setShown(null)} />}
    </section>
  );
}

function TenantMeter({ number }: { number: string }) {
  const words = useWords();
  const money = useMoney();
  const meter = useCell(meterCell(number));
  const [buying, setBuying] = useState(false);
  if (!meter) return <Waiting error={undefined} retry={() => {}} />;
  const { reading } = meter;
  const power = reading?.active_power_dw === undefined ? null : formatPower(reading.active_power_dw, words.tag);
  return (
    <div data-meter={number} data-ts={reading?.ts ?? 0}>
      <section class={`purse ${balanceTone(reading)}`} aria-label={words('tenant_balance')}>
        <p class="eyebrow">{words('tenant_balance')}</p>
        <p class="purse-balance" data-balance={reading?.balance ?? ''}>{reading?.balance === undefined ? '–' : money(reading.balance)}</p>
        <p class="purse-days"><DaysLeft days={meter.days_left} /></p>
        <div class="purse-foot">
          <span>{meter.name}<small class="digits">{groupNumber(number)}</small></span>
          {power && <span class="purse-power"><Icon name="bolt" size={18} />{power.value} {power.unit}</span>}
        </div>
      </section>
      <Supply meter={meter} />
      {!meter.reachable && <p class="notice notice-warn"><Icon name="silent" />{words('tenant_unreachable')} {reading ? words('seen', { age: formatAge(reading.ts, words.tag) }) : ''}</p>}
      {!buying && <OpenSales only={number} onAsk={() => setBuying(true)} />}
      <button type="button" class="button button-primary button-big buy" data-act="sell" onClick={() => setBuying(true)}>{words('buy_title')}</button>
      <Use meter={meter} />
      <Tokens number={number} />
      {buying && <SellDialog tenant number={number} onClose={() => setBuying(false)} />}
    </div>
  );
}

export function TenantPage() {
  const words = useWords();
  const who = useCell(session);
  const numbers = useCell(meterNumbers);
  const place = useCell(site)?.name;
  const [picked, setPicked] = useState(remembered('tenant.meter') ?? '');
  const flats = (numbers ?? []).filter((number) => meterCell(number).value?.kind !== 'feeder');
  const number = flats.includes(picked) ? picked : flats[0];
  return (
    <div class="tenant">
      <header class="tenant-top">
        <span class="brand"><Mark size={30} /><span><b class="wordmark">{words('app')}</b><small>{place ?? ''}</small></span></span>
        <LinkSign />
      </header>
      <LostBar />
      <main id="content">
        <h1 class="hidden">{words('tenant_hello', { user: who?.user ?? '' })}</h1>
        {flats.length > 1 && (
          <label class="pick">
            <span class="hidden">{words('tenant_pick')}</span>
            <select value={number} onChange={(event) => {
              setPicked(event.currentTarget.value);
              remember('tenant.meter', event.currentTarget.value);
            }}>
              {flats.map((one) => <option key={one} value={one}>{meterCell(one).value?.name ?? one}</option>)}
            </select>
          </label>
        )}
        {numbers === null ? <Waiting error={undefined} retry={() => {}} /> : number ? <TenantMeter key={number} number={number} /> : <Empty icon="bolt">{words('tenant_none')}</Empty>}
      </main>
      <footer class="tenant-foot">
        <LanguageSwitch />
        {who?.role === 'operator' && <a class="button button-quiet" href="/">{words('tenant_console')}</a>}
        <button type="button" class="button button-quiet" onClick={() => void logOut()}><Icon name="out" size={18} />{words('log_out')}</button>
      </footer>
    </div>
  );
}
