// SPDX-License-Identifier: Apache-2.0
/** The books: the trial balance, whether it balances, and the latest entries. */
import { useEffect } from 'preact/hooks';
import { api } from '../api/client';
import type { Entry } from '../api/types';
import { formatWhen } from '../format';
import { named, useWords } from '../i18n';
import { parseMoney } from '../money';
import { useCell } from '../state/cell';
import { latestPurchase } from '../state/site';
import { Icon } from '../ui/icons';
import { useLoad } from '../ui/load';
import { Empty, PageHead, useMoney, Waiting } from '../ui/parts';

interface Line {
  account: string;
  amount: bigint;
  /** How many lines of the entry this is the sum of: one a meter. */
  count: number;
}

/** The lines of an entry, those of one account and side together: an hour's energy of a hundred flats is two rows. */
export function byAccount(entry: Entry): Line[] {
  const sums = new Map<string, Line>();
  for (const { account = '', amount = '0' } of entry.lines ?? []) {
    const value = parseMoney(amount);
    const key = `${account} ${value < 0n}`;
    const known = sums.get(key);
    sums.set(key, { account, amount: (known?.amount ?? 0n) + value, count: (known?.count ?? 0) + 1 });
  }
  return [...sums.values()];
}

/** Signed amounts shown as debit (positive) or credit (negative), as books are kept. */
function Sides({ amount }: { amount: string | bigint }) {
  const words = useWords();
  const money = useMoney();
  const value = typeof amount === 'bigint' ? amount : parseMoney(amount);
  return (
    <>
      <td class={value === 0n ? 'num soft' : 'num'} data-label={words('debit')}>{value >= 0n ? money(value, true) : ''}</td>
      <td class="num" data-label={words('credit')}>{value < 0n ? money(-value, true) : ''}</td>
    </>
  );
}

export function LedgerPage() {
  const words = useWords();
  const money = useMoney();
  const sold = useCell(latestPurchase);
  // One after the other: asking for the balances books what was delivered until then, as one more entry.
  const books = useLoad('books', async () => ({ trial: await api.balances(), entries: await api.entries(200) }));
  useEffect(() => {
    if (sold) books.reload();
  }, [sold?.id, sold?.state]);
  const trial = books.data?.trial;
  const entries = books.data?.entries;
  return (
    <>
      <PageHead title={words('ledger_title')}>
        <button type="button" class="button" onClick={books.reload}><Icon name="again" size={18} />{words('refresh')}</button>
      </PageHead>
      <div class="ledger">
        <section class="card" aria-labelledby="trial-title">
          <h2 id="trial-title" class="card-title">{words('trial_balance')}</h2>
          {trial === undefined ? <Waiting error={books.error} retry={books.reload} /> : (
            <>
              <p class={`verdict ${trial.balanced ? 'is-good' : 'is-bad'}`} role="status" data-balanced={String(trial.balanced)}>
                <Icon name={trial.balanced ? 'check' : 'warn'} />
                <span><b>{words(trial.balanced ? 'balanced' : 'unbalanced')}</b>
                  <small>{words('balanced_more', { entries: trial.entries ?? '–', sum: money(trial.sum, true) })}</small></span>
              </p>
              <table class="table">
                <thead><tr><th>{words('account')}</th><th class="num">{words('debit')}</th><th class="num">{words('credit')}</th></tr></thead>
                <tbody>{trial.accounts.map((account) => <tr key={account.name}><th scope="row">{named(words, 'account', account.name)}</th><Sides amount={account.balance} /></tr>)}</tbody>
              </table>
            </>
          )}
        </section>
        <section class="card" aria-labelledby="entries-title">
          <h2 id="entries-title" class="card-title">{words('entries')}</h2>
          {entries === undefined ? <Waiting error={books.error} retry={books.reload} />
            : entries.length === 0 ? <Empty icon="book">{words('entries_none')}</Empty> : (
              <ul class="rows rows-long">
                {entries.map((entry) => (
                  <li key={entry.number} class="entry">
                    <p class="entry-head"><b>{entry.text}</b><small class="soft">#{entry.number} · {entry.ts === undefined ? '' : formatWhen(entry.ts, words.tag)}</small></p>
                    <table class="table table-tight">
                      <tbody>
                        {byAccount(entry).map((line) => (
                          <tr key={`${line.account} ${line.amount < 0n}`}><td>{named(words, 'account', line.account)}{line.count > 1 ? ` · ${line.count}` : ''}</td><Sides amount={line.amount} /></tr>
                        ))}
                      </tbody>
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
