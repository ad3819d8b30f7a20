// SPDX-License-Identifier: Apache-2.0
/** One meter on the site's page, as a card or as a row; redrawn with each of its readings and no other's. */
import { formatAge, formatPower, groupNumber } from '../format';
import { useWords } from '../i18n';
import { useCell } from '../state/cell';
import { to } from '../state/route';
import { meterCell } from '../state/site';
import { AlarmChips, balanceTone, DaysLeft, Pill, RelayPill, ShadowMark, useMoney } from '../ui/parts';
import { Spark } from '../ui/spark';

interface CardProps {
  number: string;
  onSell(number: string): void;
}

export function MeterCard({ number, onSell }: CardProps) {
  const words = useWords();
  const money = useMoney();
  const meter = useCell(meterCell(number));
  if (!meter) return null;
  const { reading } = meter;
  const power = reading?.active_power_dw === undefined ? null : formatPower(reading.active_power_dw, words.tag);
  const feeder = meter.kind === 'feeder';
  return (
    <li class={`card meter-card${meter.reachable ? '' : ' is-silent'}`} data-meter={number} data-ts={reading?.ts ?? 0} data-kind={meter.kind}>
      <header>
        <div>
          <h3><a class="cover" href={to('meters', number)}>{meter.name}</a></h3>
          <p class="soft small">{feeder ? [meter.gateway, meter.line].filter(Boolean).join(' · ') : meter.customer_name ?? words('no_customer')}</p>
        </div>
        <div class="meter-state">
          {feeder ? <Pill tone="calm" icon="bolt">{words('kind.feeder')}</Pill> : <RelayPill reading={reading} />}
          <AlarmChips meter={meter} />
        </div>
      </header>
      <div class="meter-power">
        <p class="figure">{power ? <>{power.value}<small> {power.unit}</small></> : <small class="soft">{words('no_reading')}</small>}</p>
        <Spark number={number} />
      </div>
      {!feeder && (
        <footer>
          <div>
            <p class={`meter-balance ${balanceTone(reading)}`}>{reading?.balance === undefined ? '–' : money(reading.balance)}</p>
            <p class="soft small"><DaysLeft days={meter.days_left} /></p>
          </div>
          <button type="button" class="button button-quiet" onClick={() => onSell(number)} aria-label={`${words('sell')}: ${meter.name}`}>{words('sell')}</button>
        </footer>
      )}
      <p class="meter-line soft small">
        <span class="digits">{groupNumber(number)}</span>
        {meter.reachable || !reading ? feeder ? null : <ShadowMark meter={meter} /> : <span>{words('seen', { age: formatAge(reading.ts, words.tag) })}</span>}
      </p>
    </li>
  );
}

export function MeterRow({ number, onSell }: CardProps) {
  const words = useWords();
  const money = useMoney();
  const meter = useCell(meterCell(number));
  if (!meter) return null;
  const { reading } = meter;
  const power = reading?.active_power_dw === undefined ? null : formatPower(reading.active_power_dw, words.tag);
  const feeder = meter.kind === 'feeder';
  return (
    <tr class={meter.reachable ? '' : 'is-silent'} data-meter={number} data-ts={reading?.ts ?? 0} data-kind={meter.kind}>
      <th scope="row"><a href={to('meters', number)}>{meter.name}</a><span class="soft small digits">{groupNumber(number)}</span></th>
      <td>{meter.customer_name ?? <span class="soft">{feeder ? words('kind.feeder') : '–'}</span>}</td>
      <td class="num">{power ? `${power.value} ${power.unit}` : '–'}</td>
      <td class={`num ${feeder ? '' : balanceTone(reading)}`}>{feeder || reading?.balance === undefined ? '–' : money(reading.balance)}</td>
      <td>{feeder ? '–' : <RelayPill reading={reading} />}</td>
      <td><AlarmChips meter={meter} /></td>
      <td>{feeder ? '–' : <ShadowMark meter={meter} />}</td>
      <td class="num">{!feeder && <button type="button" class="button button-quiet" onClick={() => onSell(number)} aria-label={`${words('sell')}: ${meter.name}`}>{words('sell')}</button>}</td>
    </tr>
  );
}
