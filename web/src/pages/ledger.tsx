// SPDX-License-Identifier: Apache-2.0
/** The books: the trial balance, whether it balances, and the latest entries. */
import { useEffect } from 'preact/hooks';
import { api } from '../api/client';
import { formatWhen } from '../format';
import { named, useWords } from '../i18n';
import { parseMoney } from '../money';
import { useCell } from '../state/cell';
import { latestPurchase } from '../state/site';
import { Icon } from '../ui/icons';
import { useLoad } from '../ui/load';
import { Empty, PageHead, useMoney, Waiting } from '../ui/parts';

/** Signed amounts shown as debit (positive) or credit (negative), as books are kept. */
function Sides({ amount }: { amount: string }) {
  const words = useWords();
  const money = useMoney();
  const value = parseMoney(amount);
  return (
    <>
      <td class="num" data-label={words('debit')}>{value > 0n ? money(value, true) : ''}</td>
      <td class="num" data-label={words('credit')}>{value < 0n ? money(-value, true) : ''}</td>
    </>
  );
}

export function LedgerPage() {
  const words = useWords();
  const money = useMoney();
  const sold = useCell(latestPurchase);
  const trial = useLoad('balances', api.balances);
  const entries = useLoad('entries', () => api.entries(200));
  const refresh = (): void => {
    trial.reload();
    entries.reload();
  };
  useEffect(refresh, [sold?.id]);
  return (
    <>
      <PageHead title={words('ledger_title')}>
        <button type="button" class="button" onClick={refresh}><Icon name="again" size={18} />{words('refresh')}</button>
      </PageHead>
      <div class="ledger">
        <section class="card" aria-labelledby="trial-title">
          <h2 id="trial-title" class="card-title">{words('trial_balance')}</h2>
          {trial.data === undefined ? <Waiting error={trial.error} retry={trial.reload} /> : (
            <>
              <p class={`verdict ${trial.data.balanced ? 'is-good' : 'is-bad'}`} role="status" data-balanced={String(trial.data.balanced)}>
                <Icon name={trial.data.balanced ? 'check' : 'warn'} />
                <span><b>{words(trial.data.balanced ? 'balanced' : 'unbalanced')}</b>
                  <small>{words('balanced_more', { entries: trial.data.entries ?? '–', sum: money(trial.data.sum, true) })}</small></span>
              </p>
              <table class="table">
                <thead><tr><th>{words('account')}</th><th class="num">{words('debit')}</th><th class="num">{words('credit')}</th></tr></thead>
                <tbody>{trial.data.accounts.map((account) => <tr key={account.name}><th scope="row">{named(words, 'account', account.name)}</th><Sides amount={account.balance} /></tr>)}</tbody>
              </table>
            </>
          )}
        </section>
        <section class="card" aria-labelledby="entries-title">
          <h2 id="entries-title" class="card-title">{words('entries')}</h2>
          {entries.data === undefined ? <Waiting error={entries.error} retry={entries.reload} />
            : entries.data.length === 0 ? <Empty icon="book">{words('entries_none')}</Empty> : (
              <ul class="rows rows-long">
                {entries.data.map((entry) => (
                  <li key={entry.number} class="entry">
                    <p class="entry-head"><b>{entry.text}</b><small class="soft">#{entry.number} · {entry.ts === undefined ? '' : formatWhen(entry.ts, words.tag)}</small></p>
                    <table class="table table-tight">
                      <tbody>{(entry.lines ?? []).map((line, index) => <tr key={index}><td>{named(words, 'account', line.account ?? '')}</td><Sides amount={line.amount ?? '0'} /></tr>)}</tbody>
                    </table>
                  </li>
                ))}
              </ul>
            )}
        </section>
      </div>
    </>
  );
}
