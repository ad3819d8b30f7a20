// SPDX-License-Identifier: Apache-2.0
/** The sale of electricity to one meter: amount, check, outcome, token, and the delivery until the meter has it. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api } from '../api/client';
import { fixed } from '../format';
import { newId } from '../identity';
import { useWords } from '../i18n';
import { decimalsOf, parseMoney, readAmount } from '../money';
import { useCell } from '../state/cell';
import { meterCell, session, site } from '../state/site';
import { SaleDesk } from '../state/sale';
import { Dialog } from '../ui/dialog';
import { Icon } from '../ui/icons';
import { why } from '../ui/load';
import { Field, useMoney } from '../ui/parts';
import { PurchaseView } from './purchase';

interface SellProps {
  number: string;
  onClose(): void;
  /** The tenant buys: other words, always delivered. */
  tenant?: boolean;
}

const quick = ['5', '10', '20', '50', '100'];

/** kWh that an amount buys at a price, for orientation; the meter counts exactly. */
function energyFor(amount: string, price: string): number | null {
  const cost = Number(parseMoney(price));
  return cost > 0 ? Number(parseMoney(amount)) / cost : null;
}

export function SellDialog({ number, onClose, tenant = false }: SellProps) {
  const words = useWords();
  const money = useMoney();
  const meter = useCell(meterCell(number));
  const currency = useCell(site)?.currency ?? '';
  const user = useCell(session)?.user ?? '';
  const desk = useMemo(() => new SaleDesk(number, user, {
    buy: api.buy, newId, shelf: localStorage, wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  }), [number, user]);
  useEffect(() => () => desk.close(), [desk]);
  const sale = useCell(desk.state);
  const [typed, setTyped] = useState('');
  const [deliver, setDeliver] = useState(true);
  const [touched, setTouched] = useState(false);
  const [checking, setChecking] = useState<string | null>(null);
  const focus = useRef<HTMLElement | null>(null);
  useLayoutEffect(() => {
    focus.current?.focus();
  }, [sale.step, checking]);

  const decimals = currency ? decimalsOf(currency) : 2;
  const read = readAmount(typed, decimals);
  const fault = 'fault' in read ? read.fault : null;
  const price = meter?.reading?.price;
  const title = tenant ? words('buy_title') : words('sale_title', { name: meter?.name ?? number });
  const hold = (element: HTMLElement | null): void => {
    focus.current = element;
  };

  const body = (): preact.JSX.Element => {
    if (sale.step === 'sold') {
      return (
        <>
          <p class="outcome outcome-good" role="status"><Icon name="check" size={22} />{words('sale_sold')}</p>
          <PurchaseView first={sale.purchase} />
          <div class="dialog-acts">
            <button type="button" class="button" onClick={() => {
              setTyped('');
              setTouched(false);
              setChecking(null);
              desk.startOver();
            }}>{words('sell_more')}</button>
            <button type="button" class="button button-primary" ref={hold} onClick={onClose}>{words('done')}</button>
          </div>
        </>
      );
    }
    if (sale.step === 'refused') {
      return (
        <>
          <p class="outcome outcome-bad" role="alert"><Icon name="close" size={22} />{words('sale_refused')}</p>
          <p>{words('sale_refused_more')}</p>
          <p class="notice notice-bad">{why(words, sale.refusal)}</p>
          <div class="dialog-acts">
            <button type="button" class="button" onClick={onClose}>{words('close')}</button>
            <button type="button" class="button button-primary" ref={hold} onClick={() => {
              setChecking(null);
              desk.startOver();
            }}>{words('change')}</button>
          </div>
        </>
      );
    }
    if (sale.step === 'unknown') {
      return (
        <>
          <p class="outcome outcome-warn" role="alert"><Icon name="warn" size={22} />{words('sale_unknown')}</p>
          <p>{words('sale_unknown_more', { amount: money(sale.request.amount) })}</p>
          <div class="dialog-acts">
            <button type="button" class="button" onClick={onClose}>{words('close')}</button>
            <button type="button" class="button button-primary" ref={hold} onClick={() => void desk.askAgain()}>{words('ask_again')}</button>
          </div>
        </>
      );
    }
    const busy = sale.step === 'asking';
    const amount = busy ? sale.request.amount : checking;
    if (amount !== null) {
      return (
        <form onSubmit={(event) => {
          event.preventDefault();
          void desk.confirm(amount, deliver);
        }}>
          <p class="soft">{words(tenant ? 'buy_check' : 'sale_check')}</p>
          <dl class="check">
            <div class="check-amount"><dt>{words('amount')}</dt><dd>{money(amount)}</dd></div>
            <div><dt>{words('meter')}</dt><dd>{meter?.name}<span class="soft digits"> {number}</span></dd></div>
            {meter?.customer_name && <div><dt>{words('customer')}</dt><dd>{meter.customer_name}</dd></div>}
            {!deliver && <div><dt>{words('delivery')}</dt><dd>{words('issued_only')}</dd></div>}
          </dl>
          <p class="busy-line" role="status">{busy ? words(sale.attempt > 1 ? 'sale_asking_again' : 'sale_asking') : ''}</p>
          <div class="dialog-acts">
            <button type="button" class="button" disabled={busy} onClick={() => setChecking(null)}>{words('change')}</button>
            <button type="submit" class="button button-primary" ref={hold} disabled={busy} data-act="confirm">
              {words(tenant ? 'buy_do' : 'sale_do', { amount: money(amount) })}
            </button>
          </div>
        </form>
      );
    }
    const energy = !fault && price && 'amount' in read ? energyFor(read.amount, price) : null;
    return (
      <form noValidate onSubmit={(event) => {
        event.preventDefault();
        setTouched(true);
        if ('amount' in read) setChecking(read.amount);
      }}>
        <Field label={currency ? words('amount_in', { currency }) : words('amount')}
          error={touched && fault ? words(`fault.${fault}`, { currency }) : undefined}
          hint={energy !== null && price ? words('sale_buys', { energy: fixed(energy, 1, words.tag), price: money(price, true) }) : '\u00a0'}>
          <input class="amount-input" name="amount" inputMode="decimal" autocomplete="off" ref={hold} value={typed}
            aria-invalid={touched && fault !== null} onInput={(event) => setTyped(event.currentTarget.value)} />
        </Field>
        <div class="quick" role="group" aria-label={words('quick')}>
          {quick.map((amount) => (
            <button key={amount} type="button" class="chip" aria-pressed={typed === amount} onClick={() => setTyped(amount)}>{money(`${amount}.00`).replace(/[.,]00(?=\D*$)/, '')}</button>
          ))}
        </div>
        {!tenant && (
          <label class="tick">
            <input type="checkbox" checked={deliver} onChange={(event) => setDeliver(event.currentTarget.checked)} />
            <span>{words('deliver')}<small class="soft">{words('deliver_more')}</small></span>
          </label>
        )}
        <div class="dialog-acts">
          <button type="button" class="button" onClick={onClose}>{words('cancel')}</button>
          <button type="submit" class="button button-primary" data-act="review">{words('review')}</button>
        </div>
      </form>
    );
  };

  return <Dialog title={title} onClose={onClose} busy={sale.step === 'asking'}>{body()}</Dialog>;
}
