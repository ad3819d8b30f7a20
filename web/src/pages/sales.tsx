// SPDX-License-Identifier: Apache-2.0
/** All purchases, newest first; any of them opens with its token, to print or send again. */
import { useEffect, useState } from 'preact/hooks';
import { api } from '../api/client';
import type { Purchase } from '../api/types';
import { formatWhen, groupToken } from '../format';
import { useWords } from '../i18n';
import { useCell } from '../state/cell';
import { to } from '../state/route';
import { latestPurchase, meterCell } from '../state/site';
import { Icon } from '../ui/icons';
import { upsert, useLoad } from '../ui/load';
import { Empty, PageHead, Pill, purchaseTone, useMoney, Waiting } from '../ui/parts';
import { PurchaseDialog } from './purchase';

function Row({ purchase, onShow }: { purchase: Purchase; onShow(): void }) {
  const words = useWords();
  const money = useMoney();
  const meter = useCell(meterCell(purchase.meter));
  return (
    <tr>
      <td class="num" data-label={words('receipt')}>{purchase.receipt}</td>
      <td data-label={words('time')}>{formatWhen(purchase.ts, words.tag)}</td>
      <td data-label={words('meter')}><a href={to('meters', purchase.meter)}>{meter?.name ?? purchase.meter}</a> <span class="soft">{meter?.customer_name ?? ''}</span></td>
      <td class="num" data-label={words('amount')}><b>{money(purchase.amount)}</b></td>
      <td class="digits soft" data-label={words('token')}>{groupToken(purchase.token)}</td>
      <td data-label={words('delivery')}><Pill tone={purchaseTone(purchase.state)}>{words(`short.${purchase.state}`)}</Pill></td>
      <td class="soft" data-label={words('sold_by')}>{purchase.user ?? ''}</td>
      <td class="num"><button type="button" class="button button-quiet" aria-label={`${words('details')}: ${words('receipt_number', { number: purchase.receipt })}`} onClick={onShow}>{words('details')}</button></td>
    </tr>
  );
}

export function SalesPage() {
  const words = useWords();
  const list = useLoad('sales', () => api.purchases(undefined, 500));
  const heard = useCell(latestPurchase);
  const [text, setText] = useState('');
  const [shown, setShown] = useState<Purchase | null>(null);
  useEffect(() => {
    if (heard) list.patch((all) => upsert(all, heard));
  }, [heard]);
  const needle = text.toLowerCase().replace(/\s/g, '');
  const found = (list.data ?? []).filter((purchase) => {
    const meter = meterCell(purchase.meter).value;
    return [String(purchase.receipt), purchase.meter, purchase.token, meter?.name ?? '', meter?.customer_name ?? '']
      .some((hay) => hay.toLowerCase().replace(/\s/g, '').includes(needle));
  });
  return (
    <>
      <PageHead title={words('sales_title')}>
        <label class="search">
          <Icon name="search" size={18} />
          <span class="hidden">{words('search_sales')}</span>
          <input type="search" placeholder={words('search_sales')} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
      </PageHead>
      {list.data === undefined ? <Waiting error={list.error} retry={list.reload} />
        : found.length === 0 ? <Empty icon="sale">{words('purchases_none')}</Empty> : (
          <div class="card table-frame">
            <table class="table stack sales-table">
              <thead>
                <tr>
                  <th class="num">{words('receipt')}</th><th>{words('time')}</th><th>{words('meter')}</th><th class="num">{words('amount')}</th>
                  <th>{words('token')}</th><th>{words('delivery')}</th><th>{words('sold_by')}</th><th><span class="hidden">{words('details')}</span></th>
                </tr>
              </thead>
              <tbody>{found.map((purchase) => <Row key={purchase.id} purchase={purchase} onShow={() => setShown(purchase)} />)}</tbody>
            </table>
          </div>
        )}
      {shown && <PurchaseDialog purchase={shown} onClose={() => setShown(null)} />}
    </>
  );
}
