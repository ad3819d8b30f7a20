// SPDX-License-Identifier: Apache-2.0
/** Tariffs: a code, a name, a price per kWh. */
import { useState } from 'preact/hooks';
import { api } from '../api/client';
import { useWords } from '../i18n';
import { FormDialog } from '../ui/form';
import { Icon } from '../ui/icons';
import { useLoad } from '../ui/load';
import { Empty, Field, PageHead, useMoney, Waiting } from '../ui/parts';

function AddTariff({ onClose, onAdded }: { onClose(): void; onAdded(): void }) {
  const words = useWords();
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  const [price, setPrice] = useState('');
  const send = async (): Promise<void> => {
    await api.addTariff({ code: code.trim(), name: name.trim(), price: price.trim().replace(',', '.') });
    onAdded();
  };
  return (
    <FormDialog title={words('tariff_add')} go={words('add')} onClose={onClose} send={send}>
      {(wrong) => (
        <>
          <Field label={words('code')} hint={words('code_rule')} error={wrong('code')}><input required pattern="[a-z0-9\-]{1,32}" autocomplete="off" spellcheck={false} value={code} onInput={(event) => setCode(event.currentTarget.value)} /></Field>
          <Field label={words('name')} error={wrong('name')}><input required autocomplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} /></Field>
          <Field label={words('price_kwh')} error={wrong('price')}><input required inputMode="decimal" pattern="[0-9]{1,6}([.,][0-9]{1,4})?" autocomplete="off" value={price} onInput={(event) => setPrice(event.currentTarget.value)} /></Field>
        </>
      )}
    </FormDialog>
  );
}

export function TariffsPage() {
  const words = useWords();
  const money = useMoney();
  const list = useLoad('tariffs', api.tariffs);
  const [adding, setAdding] = useState(false);
  const [said, setSaid] = useState('');
  return (
    <>
      <PageHead title={words('tariffs_title')}>
        <button type="button" class="button button-primary" onClick={() => setAdding(true)}><Icon name="plus" size={18} />{words('tariff_add')}</button>
      </PageHead>
      <p class="said" role="status">{said}</p>
      {list.data === undefined ? <Waiting error={list.error} retry={list.reload} />
        : list.data.length === 0 ? <Empty icon="tag">{words('tariffs_none')}</Empty> : (
          <div class="card table-frame">
            <table class="table stack">
              <thead><tr><th>{words('name')}</th><th>{words('code')}</th><th class="num">{words('price_kwh')}</th></tr></thead>
              <tbody>
                {list.data.map((tariff) => (
                  <tr key={tariff.code}>
                    <th scope="row" data-label={words('name')}>{tariff.name}</th>
                    <td data-label={words('code')}><code>{tariff.code}</code></td>
                    <td class="num" data-label={words('price_kwh')}>{money(tariff.price, true)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      <p class="soft small page-note">{words('tariff_change')}</p>
      {adding && <AddTariff onClose={() => setAdding(false)} onAdded={() => {
        setSaid(words('added'));
        list.reload();
      }} />}
    </>
  );
}
