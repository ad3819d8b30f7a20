// SPDX-License-Identifier: Apache-2.0
/** Reminds of sales whose outcome nobody knows yet, also after the dialog or the page was closed. */
import { useWords } from '../i18n';
import { useCell } from '../state/cell';
import { unansweredSales } from '../state/sale';
import { meterCell, session } from '../state/site';
import { Icon } from './icons';

function stored(user: string): string[] {
  try {
    return unansweredSales(localStorage, user);
  } catch {
    return []; // storage is switched off: there is nothing to read
  }
}

/** `only` limits it to one meter. It is drawn again with its page, so also when a dialog of the page closes. */
export function OpenSales({ only, onAsk }: { only?: string; onAsk(number: string): void }) {
  const words = useWords();
  const user = useCell(session)?.user ?? '';
  const numbers = stored(user).filter((number) => only === undefined || number === only);
  return (
    <>
      {numbers.map((number) => (
        <div key={number} class="notice notice-warn open-sale" role="status">
          <Icon name="warn" />
          <span>{words('sale_open', { name: meterCell(number).value?.name ?? number })}</span>
          <button type="button" class="button" onClick={() => onAsk(number)}>{words('sale_open_do')}</button>
        </div>
      ))}
    </>
  );
}
