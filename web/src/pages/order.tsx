// SPDX-License-Identifier: Apache-2.0
/** Orders to a meter: switch off, allow on, change of tariff. Asks first, then shows what became of it. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { api, Refusal } from '../api/client';
import type { Meter, NewOrder, Order } from '../api/types';
import { newId } from '../identity';
import { named, useWords } from '../i18n';
import { useCell } from '../state/cell';
import { latestOrder } from '../state/site';
import { Dialog } from '../ui/dialog';
import { Icon } from '../ui/icons';
import { useLoad, why } from '../ui/load';
import { Field, orderTone, Pill, useMoney } from '../ui/parts';

export type Verb = 'open' | 'close' | 'set_price';

const poll_ms = 2000;

/** The order as it is now, until it has ended. */
function useFollowed(order: Order | null, set: (order: Order) => void): void {
  const heard = useCell(latestOrder);
  useEffect(() => {
    if (heard && heard.id === order?.id) set(heard);
  }, [heard]);
  const open = order?.state === 'sent';
  useEffect(() => {
    if (!open || !order) return undefined;
    const timer = setInterval(() => {
      api.order(order.id).then(set, () => {
        // asked again at the next turn
      });
    }, poll_ms);
    return () => clearInterval(timer);
  }, [open, order?.id]);
}

export function OrderDialog({ meter, verb, onClose }: { meter: Meter; verb: Verb; onClose(): void }) {
  const words = useWords();
  const money = useMoney();
  const tariffs = useLoad('tariffs', () => (verb === 'set_price' ? api.tariffs() : Promise.resolve([])));
  const [tariff, setTariff] = useState('');
  const [order, setOrder] = useState<Order | null>(null);
  const [error, setError] = useState<unknown>(undefined);
  const [busy, setBusy] = useState(false);
  // Kept until the server has answered: asking again asks for the same order.
  const request = useRef<NewOrder | null>(null);
  const go = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (verb !== 'set_price') go.current?.focus();
  }, []);
  useFollowed(order, setOrder);

  const place = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    request.current ??= { id: newId(), verb, ...(verb === 'set_price' ? { tariff } : {}) };
    try {
      setOrder(await api.placeOrder(meter.number, request.current));
    } catch (problem) {
      if (problem instanceof Refusal) request.current = null;
      setError(problem);
    } finally {
      setBusy(false);
    }
  };

  const title = verb === 'open' ? words('order_open_title', { name: meter.name })
    : verb === 'close' ? words('order_close_title', { name: meter.name }) : words('change_tariff_title', { name: meter.name });
  const action = verb === 'open' ? words('relay_off_do') : verb === 'close' ? words('relay_on_do') : words('change_tariff_do');
  return (
    <Dialog title={title} onClose={onClose} busy={busy}>
      {order ? (
        <>
          <p class="order-state" role="status" data-order={order.state}>
            {words('order_now')} <Pill tone={orderTone(order.state)} icon={order.state === 'done' ? 'check' : 'bolt'}>{named(words, 'order', order.state)}</Pill>
          </p>
          {order.detail && <p class="soft">{named(words, 'result', order.detail)}</p>}
          <div class="dialog-acts"><button type="button" class="button button-primary" onClick={onClose}>{words('done')}</button></div>
        </>
      ) : (
        <form onSubmit={place}>
          {verb !== 'set_price' && <p>{words(verb === 'open' ? 'order_open_more' : 'order_close_more')}</p>}
          {verb === 'set_price' && (
            <Field label={words('tariff')}>
              <select required value={tariff} disabled={request.current !== null} onChange={(event) => setTariff(event.currentTarget.value)}>
                <option value="" />
                {(tariffs.data ?? []).map((one) => <option key={one.code} value={one.code}>{one.name} · {money(one.price, true)}</option>)}
              </select>
            </Field>
          )}
          <p class="soft small">{words('order_seal')}</p>
          {error !== undefined && (
            <p class="notice notice-bad" role="alert"><Icon name="warn" />{error instanceof Refusal ? why(words, error) : words('order_silent')}</p>
          )}
          <div class="dialog-acts">
            <button type="button" class="button" disabled={busy} onClick={onClose}>{words('cancel')}</button>
            <button type="submit" ref={go} class={verb === 'open' ? 'button button-danger' : 'button button-primary'} disabled={busy} data-act="order">
              {error !== undefined && !(error instanceof Refusal) ? words('ask_again') : action}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
