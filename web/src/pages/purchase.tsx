// SPDX-License-Identifier: Apache-2.0
/** One purchase: its token, receipt number, and the delivery as it goes on; copy, print, send again. */
import { render, type VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../api/client';
import type { Purchase } from '../api/types';
import { formatDateTime, groupToken } from '../format';
import { named, useWords } from '../i18n';
import { useCell } from '../state/cell';
import { latestPurchase, meterCell, site } from '../state/site';
import { deliveryOpen } from '../state/sale';
import { copyText } from '../ui/copy';
import { Dialog } from '../ui/dialog';
import { Icon, Mark } from '../ui/icons';
import { why } from '../ui/load';
import { useMoney } from '../ui/parts';
import { TokenDigits } from '../ui/token_slip';

const poll_ms = 2000;

/** The purchase as it is now: from live messages, and asked for while the delivery is open, in case one was missed. */
function useFollowed(first: Purchase): [Purchase, (next: Purchase) => void] {
  const [purchase, setPurchase] = useState(first);
  const heard = useCell(latestPurchase);
  useEffect(() => {
    if (heard?.id === purchase.id) setPurchase(heard);
  }, [heard]);
  const open = deliveryOpen(purchase) && purchase.state !== 'issued';
  useEffect(() => {
    if (!open) return undefined;
    const timer = setInterval(() => {
      api.purchase(purchase.id).then(setPurchase, () => {
        // asked again at the next turn; the page already shows that the connection is lost
      });
    }, poll_ms);
    return () => clearInterval(timer);
  }, [open, purchase.id]);
  return [purchase, setPurchase];
}

function Delivery({ purchase }: { purchase: Purchase }) {
  const words = useWords();
  const done = purchase.state === 'accepted';
  const sent = done || purchase.state === 'sent';
  const wrong = ['refused', 'expired', 'failed', 'reversed'].includes(purchase.state);
  return (
    <div class="delivery" role="status" aria-live="polite" data-delivery={purchase.state}>
      <ol aria-hidden="true">
        <li class="is-done"><i><Icon name="check" size={14} /></i>{words('step_sold')}</li>
        <li class={sent ? 'is-done' : wrong ? 'is-wrong' : ''}><i>{sent && <Icon name="check" size={14} />}{wrong && <Icon name="close" size={14} />}</i>{words('step_sent')}</li>
        <li class={done ? 'is-done' : sent ? 'is-next' : ''}><i>{done && <Icon name="check" size={14} />}</i>{words('step_accepted')}</li>
      </ol>
      <p class={done ? 'small soft hidden' : wrong ? 'small is-gone' : 'small soft'}>
        {purchase.state === 'issued' ? words('issued_only') : words(`purchase.${purchase.state}`)}
        {wrong && purchase.detail ? `: ${named(words, 'result', purchase.detail)}` : ''}
      </p>
      {wrong && purchase.state !== 'reversed' && <p class="small">{words('sale_stands')}</p>}
    </div>
  );
}

export function PurchaseView({ first, again = false }: { first: Purchase; again?: boolean }) {
  const words = useWords();
  const money = useMoney();
  const [purchase, setPurchase] = useFollowed(first);
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const tokens = [...(purchase.key_change ?? []), purchase.token].map(groupToken).join('\n');

  const copy = async (): Promise<void> => setSaid(words((await copyText(tokens)) ? 'copied' : 'copy_failed'));
  const reissue = async (): Promise<void> => {
    setBusy(true);
    try {
      setPurchase(await api.reissue(purchase.id));
      setSaid(words('reissued'));
    } catch (error) {
      setSaid(words('load_failed', { why: why(words, error) }));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div class="purchase" data-purchase={purchase.id} data-state={purchase.state}>
      <div class="ticket">
        <TokenDigits keyChange={purchase.key_change ?? []} token={purchase.token} />
        <div class="ticket-foot">
          <span>{words('receipt_number', { number: purchase.receipt })}</span>
          <b>{money(purchase.credited, true)}</b>
        </div>
      </div>
      <Delivery purchase={purchase} />
      <div class="purchase-acts">
        <button type="button" class="button" onClick={() => void copy()}><Icon name="copy" size={18} />{words('copy')}</button>
        <button type="button" class="button" onClick={() => window.print()}><Icon name="print" size={18} />{words('print')}</button>
        <a class="button" href={`/api/v1/purchases/${purchase.id}/receipt?format=pdf`} target="_blank" rel="noreferrer"><Icon name="print" size={18} />{words('receipt_pdf')}</a>
        {(again ? !['accepted', 'reversed'].includes(purchase.state) : !['accepted', 'sent', 'reversed'].includes(purchase.state)) && (
          <button type="button" class="button" disabled={busy} onClick={() => void reissue()}><Icon name="again" size={18} />{words('reissue')}</button>
        )}
      </div>
      <p class="small soft said" role="status">{said}</p>
      <ForPrinter><Receipt purchase={purchase} again={again} /></ForPrinter>
    </div>
  );
}

/** Draws its children straight under the body, where print.css finds them when everything else is left out. */
function ForPrinter({ children }: { children: VNode }) {
  const [place] = useState(() => Object.assign(document.createElement('div'), { className: 'receipt' }));
  useEffect(() => {
    document.body.append(place);
    return () => {
      render(null, place);
      place.remove();
    };
  }, [place]);
  useEffect(() => render(children, place));
  return null;
}

/** The slip for a 58 mm printer; on the screen it is not shown. */
function Receipt({ purchase, again }: { purchase: Purchase; again: boolean }) {
  const words = useWords();
  const money = useMoney();
  const meter = useCell(meterCell(purchase.meter));
  const place = useCell(site);
  return (
    <>
      <p class="receipt-brand"><Mark size={22} /><b>{place?.name ?? words('app')}</b></p>
      <p>{words('receipt_number', { number: purchase.receipt })}{again ? ` · ${words('receipt_copy')}` : ''}</p>
      <dl>
        <dt>{words('date')}</dt><dd>{formatDateTime(purchase.ts, words.tag)}</dd>
        <dt>{words('meter')}</dt><dd>{meter?.name ?? ''} {purchase.meter}</dd>
        {meter?.customer_name && <><dt>{words('customer')}</dt><dd>{meter.customer_name}</dd></>}
        <dt>{words('amount')}</dt><dd>{money(purchase.amount, true)}</dd>
        <dt>{words('credited')}</dt><dd>{money(purchase.credited, true)}</dd>
        {purchase.user && <><dt>{words('sold_by')}</dt><dd>{purchase.user}</dd></>}
      </dl>
      {(purchase.key_change ?? []).map((section, index) => (
        <div key={section}>
          <p class="receipt-note">{words('key_section', { step: index + 1 })}</p>
          <p class="receipt-token">{groupToken(section)}</p>
        </div>
      ))}
      <p class="receipt-token">{groupToken(purchase.token)}</p>
      <p class="receipt-note">{words('receipt_thanks')}</p>
    </>
  );
}

export function PurchaseDialog({ purchase, onClose }: { purchase: Purchase; onClose(): void }) {
  const words = useWords();
  const money = useMoney();
  const meter = useCell(meterCell(purchase.meter));
  return (
    <Dialog title={words('receipt_number', { number: purchase.receipt })} onClose={onClose}>
      <dl class="check">
        <div class="check-amount"><dt>{words('amount')}</dt><dd>{money(purchase.amount, true)}</dd></div>
        <div><dt>{words('meter')}</dt><dd>{meter?.name ?? ''}<span class="soft digits"> {purchase.meter}</span></dd></div>
        <div><dt>{words('date')}</dt><dd>{formatDateTime(purchase.ts, words.tag)}</dd></div>
        {purchase.user && <div><dt>{words('sold_by')}</dt><dd>{purchase.user}</dd></div>}
      </dl>
      <PurchaseView first={purchase} again />
    </Dialog>
  );
}
