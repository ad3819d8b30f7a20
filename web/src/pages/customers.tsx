// SPDX-License-Identifier: Apache-2.0
/** Customers: who they are, which meters are theirs, and a log-in for the tenant's page. */
import { useMemo, useState } from 'preact/hooks';
import { api } from '../api/client';
import type { Customer } from '../api/types';
import { newId } from '../identity';
import { useWords } from '../i18n';
import { useCell } from '../state/cell';
import { to } from '../state/route';
import { meterCell, meterNumbers } from '../state/site';
import { FormDialog } from '../ui/form';
import { Icon } from '../ui/icons';
import { useLoad } from '../ui/load';
import { Empty, Field, PageHead, Waiting } from '../ui/parts';

function AddCustomer({ onClose, onAdded }: { onClose(): void; onAdded(): void }) {
  const words = useWords();
  const [name, setName] = useState('');
  const [phone, setPhone] = useState('');
  const [email, setEmail] = useState('');
  // One identity for one opened dialog: sending twice adds one customer.
  const id = useMemo(newId, []);
  const send = async (): Promise<void> => {
    await api.addCustomer({ id, name: name.trim(), ...(phone.trim() ? { phone: phone.trim() } : {}), ...(email.trim() ? { email: email.trim() } : {}) });
    onAdded();
  };
  return (
    <FormDialog title={words('customer_add')} go={words('add')} onClose={onClose} send={send}>
      {(wrong) => (
        <>
          <Field label={words('name')} error={wrong('name')}><input required autocomplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} /></Field>
          <Field label={`${words('phone')} (${words('optional')})`} error={wrong('phone')}><input type="tel" autocomplete="off" value={phone} onInput={(event) => setPhone(event.currentTarget.value)} /></Field>
          <Field label={`${words('email')} (${words('optional')})`} error={wrong('email')}><input type="email" autocomplete="off" value={email} onInput={(event) => setEmail(event.currentTarget.value)} /></Field>
        </>
      )}
    </FormDialog>
  );
}

function AddLogin({ customer, onClose, onMade }: { customer: Customer; onClose(): void; onMade(user: string): void }) {
  const words = useWords();
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const send = async (): Promise<void> => {
    await api.addUser({ user: user.trim(), password, role: 'tenant', customer: customer.id });
    onMade(user.trim());
  };
  return (
    <FormDialog title={words('login_make_title', { name: customer.name })} more={words('login_make_more')} go={words('login_make')} onClose={onClose} send={send}>
      {(wrong) => (
        <>
          <Field label={words('login_user')} error={wrong('user')}><input required autocomplete="off" autocapitalize="none" spellcheck={false} value={user} onInput={(event) => setUser(event.currentTarget.value)} /></Field>
          <Field label={words('login_password')} hint={words('password_rule')} error={wrong('password')}>
            <input required type="password" minLength={10} autocomplete="new-password" value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
          </Field>
        </>
      )}
    </FormDialog>
  );
}

export function CustomersPage() {
  const words = useWords();
  const list = useLoad('customers', api.customers);
  const numbers = useCell(meterNumbers) ?? [];
  const [adding, setAdding] = useState(false);
  const [giving, setGiving] = useState<Customer | null>(null);
  const [said, setSaid] = useState('');
  const metersOf = (id: string) => numbers.map((number) => meterCell(number).value).filter((meter) => meter?.customer === id);
  return (
    <>
      <PageHead title={words('customers_title')}>
        <button type="button" class="button button-primary" onClick={() => setAdding(true)}><Icon name="plus" size={18} />{words('customer_add')}</button>
      </PageHead>
      <p class="said" role="status">{said}</p>
      {list.data === undefined ? <Waiting error={list.error} retry={list.reload} />
        : list.data.length === 0 ? <Empty icon="people">{words('customers_none')}</Empty> : (
          <div class="card table-frame">
            <table class="table stack">
              <thead><tr><th>{words('name')}</th><th>{words('meters')}</th><th>{words('phone')}</th><th>{words('email')}</th><th><span class="hidden">{words('login_make')}</span></th></tr></thead>
              <tbody>
                {list.data.map((customer) => (
                  <tr key={customer.id}>
                    <th scope="row" data-label={words('name')}>{customer.name}</th>
                    <td data-label={words('meters')}>{metersOf(customer.id).map((meter) => meter && <a key={meter.number} class="tag-link" href={to('meters', meter.number)}>{meter.name}</a>)}</td>
                    <td data-label={words('phone')}>{customer.phone}</td>
                    <td data-label={words('email')}>{customer.email}</td>
                    <td class="num"><button type="button" class="button button-quiet" aria-label={words('login_make_title', { name: customer.name })} onClick={() => setGiving(customer)}>{words('login_make')}</button></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      {adding && <AddCustomer onClose={() => setAdding(false)} onAdded={() => {
        setSaid(words('added'));
        list.reload();
      }} />}
      {giving && <AddLogin customer={giving} onClose={() => setGiving(null)} onMade={(user) => setSaid(words('login_made', { user }))} />}
    </>
  );
}
