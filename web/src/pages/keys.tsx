// SPDX-License-Identifier: Apache-2.0
/** The vault's key groups with the meters that have them, and the campaigns that bring meters from one to another. */
import { useRef, useState } from 'preact/hooks';
import { api, Refusal } from '../api/client';
import type { Campaign, KeyGroup, NewCampaign } from '../api/types';
import { formatDay, formatWhen } from '../format';
import { newId } from '../identity';
import { useWords } from '../i18n';
import { keysOf } from '../state/campaign';
import { to } from '../state/route';
import { FormDialog } from '../ui/form';
import { Icon } from '../ui/icons';
import { useLoad } from '../ui/load';
import { Empty, Field, PageHead, Pill, Waiting } from '../ui/parts';
import { Progress } from '../ui/progress';

function BeginCampaign({ groups, onClose, onBegun }: { groups: readonly KeyGroup[]; onClose(): void; onBegun(campaign: Campaign): void }) {
  const words = useWords();
  const keys = keysOf(groups);
  const [name, setName] = useState('');
  const [from, setFrom] = useState(keys.from[0]?.key ?? '');
  const [into, setInto] = useState(keys.to.find((group) => group.key !== from)?.key ?? '');
  // Kept until the server has answered: asking again asks for the same campaign.
  const request = useRef<NewCampaign | null>(null);
  const send = async (): Promise<void> => {
    request.current ??= { id: newId(), name: name.trim(), from, to: into };
    try {
      onBegun(await api.beginCampaign(request.current));
    } catch (problem) {
      if (problem instanceof Refusal) request.current = null;
      throw problem;
    }
  };
  const choices = (list: readonly KeyGroup[]) => list.map((group) => <option key={group.key} value={group.key}>{group.key}</option>);
  return (
    <FormDialog title={words('campaign_begin')} more={words('campaign_more')} go={words('campaign_begin')} onClose={onClose} send={send}>
      {(wrong) => (
        <>
          <Field label={words('name')} error={wrong('name')}><input required maxLength={80} autocomplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} /></Field>
          <div class="form-grid">
            <Field label={words('campaign_from')} error={wrong('from')}><select required value={from} onChange={(event) => setFrom(event.currentTarget.value)}>{choices(keys.from)}</select></Field>
            <Field label={words('campaign_to')} error={wrong('to')}><select required value={into} onChange={(event) => setInto(event.currentTarget.value)}>{choices(keys.to)}</select></Field>
          </div>
        </>
      )}
    </FormDialog>
  );
}

function Groups({ groups }: { groups: readonly KeyGroup[] }) {
  const words = useWords();
  if (groups.length === 0) return <Empty icon="key">{words('keys_none')}</Empty>;
  return (
    <div class="card table-frame">
      <table class="table stack">
        <thead><tr><th>{words('key')}</th><th>{words('key_base')}</th><th>{words('key_until')}</th><th class="num">{words('key_meters')}</th></tr></thead>
        <tbody>
          {groups.map((group) => (
            <tr key={group.group}>
              <th scope="row" data-label={words('key')}><span class="chips"><code>{group.group}</code>{!group.loaded && <Pill tone="warn">{words('key_missing')}</Pill>}</span></th>
              <td data-label={words('key_base')}>{group.base_date}</td>
              <td data-label={words('key_until')}>{formatDay(group.tokens_until, words.tag)}</td>
              <td class="num" data-label={words('key_meters')}><span>{group.meters}{group.coming > 0 && <small class="soft"> · {words('key_coming', { count: group.coming })}</small>}</span></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function KeysPage() {
  const words = useWords();
  const groups = useLoad('key-groups', api.keyGroups);
  const campaigns = useLoad('campaigns', api.campaigns);
  const [beginning, setBeginning] = useState(false);
  const [said, setSaid] = useState('');
  const begun = (campaign: Campaign): void => {
    setSaid(words('campaign_begun', { name: campaign.name }));
    groups.reload();
    campaigns.reload();
  };
  return (
    <>
      <PageHead title={words('keys_title')}>
        <button type="button" class="button button-primary" disabled={!groups.data} onClick={() => setBeginning(true)}><Icon name="again" size={18} />{words('campaign_begin')}</button>
      </PageHead>
      <p class="said" role="status">{said}</p>
      {groups.data === undefined ? <Waiting error={groups.error} retry={groups.reload} /> : <Groups groups={groups.data} />}
      <section class="card list-card campaigns" aria-labelledby="campaigns-title">
        <h2 id="campaigns-title" class="card-title">{words('campaigns')}</h2>
        {campaigns.data === undefined ? <Waiting error={campaigns.error} retry={campaigns.reload} />
          : campaigns.data.length === 0 ? <p class="soft">{words('campaigns_none')}</p> : (
            <ul class="rows">
              {campaigns.data.map((campaign) => (
                <li key={campaign.id} data-campaign={campaign.id}>
                  <a class="row row-link" href={to('keys', campaign.id)}>
                    <span><b>{campaign.name}</b><small class="soft">{campaign.from} → {campaign.to} · {formatWhen(campaign.ts, words.tag)}</small></span>
                    <Progress campaign={campaign} />
                  </a>
                </li>
              ))}
            </ul>
          )}
      </section>
      {beginning && groups.data && <BeginCampaign groups={groups.data} onClose={() => setBeginning(false)} onBegun={begun} />}
    </>
  );
}
