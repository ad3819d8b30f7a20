// SPDX-License-Identifier: Apache-2.0
/** Tokens that carry no credit: limits, clearing, tests, key changes. A list, and a dialog that makes one. */
import { useRef, useState } from 'preact/hooks';
import { api, Refusal } from '../api/client';
import type { EngineeringToken, NewEngineeringToken } from '../api/types';
import { formatWhen } from '../format';
import { newId } from '../identity';
import { useWords } from '../i18n';
import { tokenWish, valueOf, type TokenKind } from '../state/engineering';
import { Dialog } from '../ui/dialog';
import { FormDialog } from '../ui/form';
import { Icon } from '../ui/icons';
import { useLoad } from '../ui/load';
import { Field, Pill, purchaseTone, Waiting } from '../ui/parts';
import { TokenSlip } from '../ui/token_slip';

const kinds: readonly TokenKind[] = ['power_limit', 'phase_unbalance', 'tariff_rate', 'clear_credit', 'clear_tamper', 'test', 'key_change'];

function MakeToken({ number, onClose, onMade }: { number: string; onClose(): void; onMade(token: EngineeringToken): void }) {
  const words = useWords();
  const [kind, setKind] = useState<TokenKind>('power_limit');
  const [value, setValue] = useState('');
  const [deliver, setDeliver] = useState(true);
  // Kept until the server has answered: asking again asks for the same token.
  const request = useRef<NewEngineeringToken | null>(null);
  const rule = valueOf[kind];
  const send = async (): Promise<void> => {
    request.current ??= tokenWish(newId(), kind, value, deliver);
    try {
      onMade(await api.makeToken(number, request.current));
    } catch (problem) {
      if (problem instanceof Refusal) request.current = null;
      throw problem;
    }
  };
  return (
    <FormDialog title={words('engineering_make')} more={words('engineering_more')} go={words('engineering_do')} onClose={onClose} send={send}>
      {(wrong) => (
        <>
          <Field label={words('engineering_kind')} error={wrong('kind')}>
            <select value={kind} onChange={(event) => {
              setKind(event.currentTarget.value as TokenKind);
              setValue('');
              request.current = null;
            }}>
              {kinds.map((one) => <option key={one} value={one}>{words(`engineering.${one}`)}</option>)}
            </select>
          </Field>
          {rule && 'choices' in rule && (
            <Field label={words('engineering_value')} error={wrong('value')}>
              <select value={value} onChange={(event) => setValue(event.currentTarget.value)}>
                {rule.choices.map((one) => <option key={one} value={one}>{words(`register.${one}`)}</option>)}
              </select>
            </Field>
          )}
          {rule && 'most' in rule && (
            <Field label={`${words('engineering_value')}${rule.unit ? ` (${rule.unit})` : ''}`} error={wrong('value')}>
              <input required type="number" inputMode="numeric" min={rule.least} max={rule.most} step={1} value={value} onInput={(event) => setValue(event.currentTarget.value)} />
            </Field>
          )}
          <label class="tick"><input type="checkbox" checked={deliver} onChange={(event) => setDeliver(event.currentTarget.checked)} /> {words('engineering_deliver')}</label>
        </>
      )}
    </FormDialog>
  );
}

export function TokenList({ number }: { number: string }) {
  const words = useWords();
  const list = useLoad(`tokens/${number}`, () => api.tokens(number));
  const [making, setMaking] = useState(false);
  const [shown, setShown] = useState<EngineeringToken | null>(null);
  return (
    <section class="card list-card" aria-labelledby="tokens-title">
      <h2 id="tokens-title" class="card-title">{words('engineering')}</h2>
      {list.data === undefined ? <Waiting error={list.error} retry={list.reload} />
        : list.data.length === 0 ? <p class="soft">{words('engineering_none')}</p> : (
          <ul class="rows" tabIndex={0} aria-label={words('engineering')}>
            {list.data.map((token) => (
              <li key={token.id}>
                <button type="button" class="row-button" onClick={() => setShown(token)}>
                  <span><b>{words(`engineering.${token.kind}`)}</b><small class="soft">{token.user}</small></span>
                  <span class="row-end"><Pill tone={purchaseTone(token.state)}>{words(`short.${token.state}`)}</Pill><small class="soft">{formatWhen(token.ts, words.tag)}</small></span>
                </button>
              </li>
            ))}
          </ul>
        )}
      <div class="purchase-acts"><button type="button" class="button" data-act="token" onClick={() => setMaking(true)}><Icon name="plus" size={18} />{words('engineering_make')}</button></div>
      {making && <MakeToken number={number} onClose={() => setMaking(false)} onMade={(token) => {
        setShown(token);
        list.reload();
      }} />}
      {shown && (
        <Dialog title={words(`engineering.${shown.kind}`)} onClose={() => setShown(null)}>
          <div class="purchase">
            <TokenSlip keyChange={shown.key_change} token={shown.token ?? ''} />
            <div class="purchase-acts">
              <a class="button" href={`/api/v1/tokens/${shown.id}?format=text`} target="_blank" rel="noreferrer"><Icon name="print" size={18} />{words('print')}</a>
            </div>
          </div>
        </Dialog>
      )}
    </section>
  );
}
