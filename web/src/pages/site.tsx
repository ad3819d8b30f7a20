// SPDX-License-Identifier: Apache-2.0
/** The console's first page: the site at a glance, how the feeder and the flats agree, and all meters, live. */
import { useMemo, useState } from 'preact/hooks';
import { useWords } from '../i18n';
import { useCell } from '../state/cell';
import { remember, remembered } from '../state/memory';
import { meterCell, meterNumbers } from '../state/site';
import { Icon } from '../ui/icons';
import { Choice, Empty, Waiting } from '../ui/parts';
import { OpenSales } from '../ui/open_sales';
import { FeederBalance, Glance } from './glance';
import { MeterCard, MeterRow } from './meter_card';
import { RegisterMeter } from './register';
import { SellDialog } from './sell';

type View = 'cards' | 'table';
type Which = 'all' | 'attention';

/** True when a meter of this number should be listed. */
function matches(number: string, text: string, which: Which): boolean {
  const meter = meterCell(number).value;
  if (!meter) return text === '' && which === 'all';
  if (which === 'attention') {
    const quiet = meter.reachable && (meter.reading?.alarms ?? []).length === 0
      && meter.reading?.supply_state !== 'open' && meter.shadow.agrees !== false;
    if (quiet) return false;
  }
  const needle = text.trim().toLowerCase();
  return [meter.name, meter.number, meter.customer_name ?? ''].some((hay) => hay.toLowerCase().includes(needle));
}

export function SitePage() {
  const words = useWords();
  const numbers = useCell(meterNumbers);
  const [text, setText] = useState('');
  const [which, setWhich] = useState<Which>('all');
  const [view, setView] = useState<View>(remembered('view') === 'table' ? 'table' : 'cards');
  const [selling, setSelling] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const shown = useMemo(() => (numbers ?? []).filter((number) => matches(number, text, which)), [numbers, text, which]);

  return (
    <>
      <h1 class="hidden">{words('site_glance')}</h1>
      {selling === null && <OpenSales onAsk={setSelling} />}
      <div class="glance">
        <FeederBalance />
        <Glance />
      </div>
      <section aria-labelledby="meters-title">
        <div class="section-head">
          <h2 id="meters-title">{words('meters')}</h2>
          <div class="section-acts">
            <label class="search">
              <Icon name="search" size={18} />
              <span class="hidden">{words('search_meters')}</span>
              <input type="search" placeholder={words('search_meters')} value={text} onInput={(event) => setText(event.currentTarget.value)} />
            </label>
            <Choice label={words('meters')} value={which} onPick={setWhich}
              options={[{ value: 'all', text: words('show_all') }, { value: 'attention', text: words('show_attention') }]} />
            <div class="only-wide">
              <Choice label={words('meters')} value={view} options={[{ value: 'cards', text: words('as_cards'), icon: 'cards' }, { value: 'table', text: words('as_table'), icon: 'rows' }]}
                onPick={(next) => {
                  setView(next);
                  remember('view', next);
                }} />
            </div>
            <button type="button" class="button" onClick={() => setAdding(true)}><Icon name="plus" size={18} />{words('meter_add')}</button>
          </div>
        </div>
        {numbers === null ? <Waiting error={undefined} retry={() => {}} />
          : numbers.length === 0 ? <Empty icon="bolt">{words('meters_none')}</Empty>
          : shown.length === 0 ? <Empty icon="search">{text ? words('meters_no_match', { text }) : words('alarms_none')}</Empty>
          : view === 'cards' ? (
            <ul class="cards">{shown.map((number) => <MeterCard key={number} number={number} onSell={setSelling} />)}</ul>
          ) : (
            <div class="card table-frame">
              <table class="table meters-table">
                <thead>
                  <tr>
                    <th>{words('name')}</th><th>{words('customer')}</th><th class="num">{words('power')}</th>
                    <th class="num">{words('balance')}</th><th>{words('relay')}</th><th>{words('alarms')}</th><th>{words('shadow')}</th><th><span class="hidden">{words('sell')}</span></th>
                  </tr>
                </thead>
                <tbody>{shown.map((number) => <MeterRow key={number} number={number} onSell={setSelling} />)}</tbody>
              </table>
            </div>
          )}
      </section>
      {selling !== null && <SellDialog number={selling} onClose={() => setSelling(null)} />}
      {adding && <RegisterMeter onClose={() => setAdding(false)} />}
    </>
  );
}
