// SPDX-License-Identifier: Apache-2.0
/** Alarms: the open ones, live; or all that there have been. */
import { useState } from 'preact/hooks';
import { api } from '../api/client';
import type { Alarm } from '../api/types';
import { formatWhen } from '../format';
import { named, useWords } from '../i18n';
import { useCell } from '../state/cell';
import { to } from '../state/route';
import { meterCell, openAlarms } from '../state/site';
import { Icon } from '../ui/icons';
import { useLoad } from '../ui/load';
import { Choice, Empty, PageHead, Pill, Waiting } from '../ui/parts';

function AlarmItem({ alarm }: { alarm: Alarm }) {
  const words = useWords();
  const meter = useCell(meterCell(alarm.meter ?? ''));
  const open = alarm.ended == null;
  const mild = alarm.kind === 'low_credit';
  return (
    <li class="row alarm-row">
      <span class={`alarm-sign ${open ? (mild ? 'is-warn' : 'is-bad') : ''}`}><Icon name={alarm.kind === 'unreachable' || alarm.kind === 'gateway_offline' ? 'silent' : 'warn'} /></span>
      <span>
        <b>{named(words, 'alarm', alarm.kind)}</b>
        <small class="soft">
          {alarm.meter ? <a href={to('meters', alarm.meter)}>{meter?.name ?? alarm.meter}</a> : alarm.gateway ?? ''}
          {meter?.customer_name ? ` · ${meter.customer_name}` : ''}{alarm.detail ? ` · ${alarm.detail}` : ''}
        </small>
      </span>
      <span class="row-end">
        <small class="soft">{words('since')} {formatWhen(alarm.ts, words.tag)}</small>
        {open ? <Pill tone={mild ? 'warn' : 'bad'}>{words('still_open')}</Pill> : <small class="soft">{words('ended')} {formatWhen(alarm.ended!, words.tag)}</small>}
      </span>
    </li>
  );
}

export function AlarmsPage() {
  const words = useWords();
  const open = useCell(openAlarms);
  const [which, setWhich] = useState<'open' | 'all'>('open');
  // The open ones change with live messages; so does the list of all.
  const all = useLoad(`alarms ${which} ${open.map((alarm) => alarm.id).join()}`, () => (which === 'all' ? api.alarms(false) : Promise.resolve([])));
  const shown = which === 'open' ? open : all.data;
  return (
    <>
      <PageHead title={words('alarms_title')}>
        <Choice label={words('alarms_title')} value={which} onPick={setWhich} options={[{ value: 'open', text: words('alarms_open_tab') }, { value: 'all', text: words('alarms_all_tab') }]} />
      </PageHead>
      {shown === undefined ? <Waiting error={all.error} retry={all.reload} />
        : shown.length === 0 ? <Empty icon="bell">{words(which === 'open' ? 'alarms_none' : 'alarms_none_ever')}</Empty>
        : <ul class="card rows rows-long">{shown.map((alarm) => <AlarmItem key={alarm.id} alarm={alarm} />)}</ul>}
    </>
  );
}
