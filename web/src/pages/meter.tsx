// SPDX-License-Identifier: Apache-2.0
/** One meter: what it measures now, curves of power and balance, events, orders and purchases. */
import { useEffect, useState } from 'preact/hooks';
import { Refusal } from '../api/client';
import type { Meter } from '../api/types';
import { fixed, formatAge, formatDateTime, formatEnergy, formatPower, groupNumber } from '../format';
import { useWords } from '../i18n';
import { useCell } from '../state/cell';
import { meterCell, refreshMeter } from '../state/site';
import { Icon } from '../ui/icons';
import { AlarmChips, balanceTone, DaysLeft, Empty, RelayPill, ShadowMark, useMoney, Waiting } from '../ui/parts';
import { OpenSales } from '../ui/open_sales';
import { Curves } from './curves';
import { EventList, OrderList, PurchaseList } from './meter_lists';
import { TokenList } from './engineering';
import { OrderDialog, type Verb } from './order';
import { SellDialog } from './sell';

function Readout({ meter }: { meter: Meter }) {
  const words = useWords();
  const money = useMoney();
  const reading = meter.reading ?? null;
  const figure = (value: number | undefined, divisor: number, decimals: number, unit: string): string =>
    value === undefined ? '–' : `${fixed(value / divisor, decimals, words.tag)} ${unit}`;
  const energy = (mj: number | undefined): string => (mj === undefined ? '–' : `${formatEnergy(mj, words.tag, 3)} kWh`);
  return (
    <section class="card readout" aria-labelledby="readout-title">
      <h2 id="readout-title" class="card-title">{words('readout')}</h2>
      <dl>
        <div><dt>{words('voltage')}</dt><dd>{figure(reading?.voltage_mv, 1000, 1, 'V')}</dd></div>
        <div><dt>{words('current')}</dt><dd>{figure(reading?.current_ma, 1000, 3, 'A')}</dd></div>
        <div><dt>{words('power_factor')}</dt><dd>{figure(reading?.power_factor_e4, 10_000, 3, '')}</dd></div>
        <div><dt>{words('frequency')}</dt><dd>{figure(reading?.frequency_mhz, 1000, 3, 'Hz')}</dd></div>
        <div><dt>{words('reactive')}</dt><dd>{figure(reading?.reactive_power_dvar, 10, 1, 'var')}</dd></div>
        <div><dt>{words('apparent')}</dt><dd>{figure(reading?.apparent_power_dva, 10, 1, 'VA')}</dd></div>
        <div><dt>{words('imported')}</dt><dd>{energy(reading?.import_energy_mj)}</dd></div>
        <div><dt>{words('exported')}</dt><dd>{energy(reading?.export_energy_mj)}</dd></div>
        {meter.kind === 'flat' && <div><dt>{words('price')}</dt><dd>{reading?.price === undefined ? '–' : words('per_kwh', { price: money(reading.price, true) })}</dd></div>}
        <div><dt>{words('tariff')}</dt><dd>{meter.tariff}</dd></div>
        <div><dt>{words('gateway')}</dt><dd>{meter.gateway}</dd></div>
        <div><dt>{words('where')}</dt><dd>{meter.line ?? '–'} · {meter.address ?? '–'}</dd></div>
        {reading?.meter_time !== undefined && <div class="readout-wide"><dt>{words('meter_time')}</dt><dd>{formatDateTime(reading.meter_time, words.tag)}</dd></div>}
      </dl>
    </section>
  );
}

export function MeterPage({ number }: { number: string }) {
  const words = useWords();
  const money = useMoney();
  const meter = useCell(meterCell(number));
  const [error, setError] = useState<unknown>(undefined);
  const [turn, setTurn] = useState(0);
  const [selling, setSelling] = useState(false);
  const [ordering, setOrdering] = useState<Verb | null>(null);
  useEffect(() => {
    setError(undefined);
    refreshMeter(number).catch(setError);
  }, [number, turn]);

  if (!meter) {
    if (error instanceof Refusal && error.status === 404) return <Empty icon="search">{words('meter_missing', { number })}</Empty>;
    return <Waiting error={error} retry={() => setTurn(turn + 1)} />;
  }
  const { reading } = meter;
  const feeder = meter.kind === 'feeder';
  const power = reading?.active_power_dw === undefined ? null : formatPower(reading.active_power_dw, words.tag);
  const held = (reading?.hold_reasons ?? []).includes('order');
  return (
    <div class="meter-page" data-meter={number} data-ts={reading?.ts ?? 0}>
      <a class="back" href="#/"><Icon name="back" size={18} />{words('back')}</a>
      <header class="meter-head">
        <div>
          <h1>{meter.name}</h1>
          <p class="soft"><span class="digits">{groupNumber(number)}</span> · {feeder ? words('kind.feeder') : meter.customer_name ?? words('no_customer')}</p>
        </div>
        {!feeder && (
          <div class="page-acts">
            <button type="button" class="button" onClick={() => setOrdering('set_price')}><Icon name="tag" size={18} />{words('change_tariff')}</button>
            {held
              ? <button type="button" class="button" onClick={() => setOrdering('close')}><Icon name="bolt" size={18} />{words('relay_on_do')}</button>
              : <button type="button" class="button" onClick={() => setOrdering('open')}><Icon name="power" size={18} />{words('relay_off_do')}</button>}
            <button type="button" class="button button-primary" onClick={() => setSelling(true)} data-act="sell"><Icon name="sale" size={18} />{words('sell')}</button>
          </div>
        )}
      </header>
      {!selling && <OpenSales only={number} onAsk={() => setSelling(true)} />}
      <div class={`card hero${meter.reachable ? '' : ' is-silent'}`}>
        <div>
          <p class="eyebrow">{words('power')}</p>
          <p class="figure figure-big">{power ? <>{power.value}<small> {power.unit}</small></> : <small class="soft">{words('no_reading')}</small>}</p>
          {reading && <p class="soft small">{words('seen', { age: formatAge(reading.ts, words.tag) })}</p>}
        </div>
        {!feeder && (
          <>
            <div>
              <p class="eyebrow">{words('balance')}</p>
              <p class={`figure figure-big ${balanceTone(reading)}`} data-balance={reading?.balance ?? ''}>{reading?.balance === undefined ? '–' : money(reading.balance)}</p>
              <p class="soft small"><DaysLeft days={meter.days_left} /></p>
            </div>
            <div class="hero-state">
              <p class="eyebrow">{words('state')}</p>
              <RelayPill reading={reading} />
              <ShadowMark meter={meter} />
              <AlarmChips meter={meter} />
            </div>
          </>
        )}
        {feeder && <AlarmChips meter={meter} />}
      </div>
      <div class="meter-grid">
        <Curves meter={meter} />
        <Readout meter={meter} />
        {!feeder && <PurchaseList number={number} />}
        <EventList number={number} latest={reading?.ts ?? 0} />
        {!feeder && <OrderList number={number} />}
        {!feeder && <TokenList number={number} />}
      </div>
      {selling && <SellDialog number={number} onClose={() => setSelling(false)} />}
      {ordering && <OrderDialog meter={meter} verb={ordering} onClose={() => setOrdering(null)} />}
    </div>
  );
}
