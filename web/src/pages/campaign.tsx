// SPDX-License-Identifier: Apache-2.0
/** One campaign: how far it is, each meter's state, sending at once, and the list as a file. */
import { useState } from 'preact/hooks';
import { api } from '../api/client';
import type { CampaignMeter } from '../api/types';
import { formatWhen } from '../format';
import { useWords } from '../i18n';
import { to } from '../state/route';
import { Icon } from '../ui/icons';
import { useLoad, why } from '../ui/load';
import { Pill, Waiting, type Tone } from '../ui/parts';
import { Progress } from '../ui/progress';

const tones: Record<CampaignMeter['state'], Tone> = { waiting: 'plain', issued: 'calm', done: 'good' };

export function CampaignPage({ id }: { id: string }) {
  const words = useWords();
  const campaign = useLoad(`campaigns/${id}`, () => api.campaign(id));
  const meters = useLoad(`campaigns/${id}/meters`, () => api.campaignMeters(id));
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const [error, setError] = useState<unknown>(undefined);
  const deliver = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const after = await api.deliverCampaign(id);
      setSaid(words('campaign_sent', { count: after.sent ?? 0 }));
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
    campaign.reload();
    meters.reload();
  };
  if (campaign.data === undefined) return <Waiting error={campaign.error} retry={campaign.reload} />;
  const shown = campaign.data;
  return (
    <>
      <a class="back" href={to('keys')}><Icon name="back" size={18} />{words('keys_title')}</a>
      <header class="page-head">
        <div><h1>{shown.name}</h1><p class="soft">{shown.from} → {shown.to} · {words('campaign_by', { user: shown.user })}, {formatWhen(shown.ts, words.tag)}</p></div>
        <div class="page-acts">
          <a class="button" href={api.campaignFile(id)} download><Icon name="save" size={18} />{words('campaign_export')}</a>
          <button type="button" class="button button-primary" data-act="deliver" disabled={busy || shown.waiting === 0} onClick={() => void deliver()}><Icon name="bolt" size={18} />{words('campaign_deliver')}</button>
        </div>
      </header>
      <p class="said" role="status">{said}</p>
      {error !== undefined && <p class="notice notice-bad" role="alert"><Icon name="warn" />{why(words, error)}</p>}
      <div class="card campaign-figures"><Progress campaign={shown} /></div>
      {meters.data === undefined ? <Waiting error={meters.error} retry={meters.reload} /> : (
        <div class="card table-frame">
          <table class="table stack">
            <thead><tr><th>{words('name')}</th><th>{words('meter')}</th><th>{words('state')}</th><th>{words('time')}</th></tr></thead>
            <tbody>
              {meters.data.map((meter) => (
                <tr key={meter.meter} data-state={meter.state}>
                  <th scope="row" data-label={words('name')}>{meter.name}</th>
                  <td data-label={words('meter')}><a href={to('meters', meter.meter)}><code>{meter.meter}</code></a></td>
                  <td data-label={words('state')}><span class="chips"><Pill tone={tones[meter.state]}>{words(`campaign.${meter.state}`)}</Pill>{meter.roll_over && <Pill tone="plain">{words('roll_over')}</Pill>}</span></td>
                  <td data-label={words('time')}>{meter.issued === null ? '' : formatWhen(meter.confirmed ?? meter.issued, words.tag)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
