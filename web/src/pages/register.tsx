// SPDX-License-Identifier: Apache-2.0
/** Registers a meter that hangs at a gateway. */
import { useState } from 'preact/hooks';
import { api } from '../api/client';
import type { NewMeter } from '../api/types';
import { useWords } from '../i18n';
import { refreshMeter, meterNumbers, site } from '../state/site';
import { useCell } from '../state/cell';
import { FormDialog } from '../ui/form';
import { useLoad } from '../ui/load';
import { Field } from '../ui/parts';

export function RegisterMeter({ onClose }: { onClose(): void }) {
  const words = useWords();
  const gateways = useCell(site)?.gateways ?? [];
  const tariffs = useLoad('tariffs', api.tariffs);
  const customers = useLoad('customers', api.customers);
  const [form, setForm] = useState({ number: '', name: '', kind: 'flat', gateway: gateways[0]?.name ?? '', line: '', address: '', customer: '', tariff: '', preset: '' });
  const bind = (name: keyof typeof form) => ({
    value: form[name],
    onInput: (event: { currentTarget: HTMLInputElement | HTMLSelectElement }) => {
      const { value } = event.currentTarget;
      setForm((old) => ({ ...old, [name]: value }));
    },
  });
  const send = async (): Promise<void> => {
    const number = form.number.replace(/\s/g, '');
    const meter: NewMeter = {
      number, name: form.name.trim(), kind: form.kind as 'flat' | 'feeder', gateway: form.gateway.trim(), tariff: form.tariff,
      ...(form.line.trim() ? { line: form.line.trim() } : {}),
      ...(form.address.trim() ? { address: Number(form.address) } : {}),
      ...(form.preset.trim() ? { preset_credit: form.preset.trim().replace(',', '.') } : {}),
      ...(form.customer ? { customer: form.customer } : {}),
    };
    await api.registerMeter(meter);
    await refreshMeter(number);
    meterNumbers.value = [...new Set([...(meterNumbers.value ?? []), number])].sort();
  };
  return (
    <FormDialog title={words('meter_add')} more={words('meter_add_more')} go={words('meter_add')} onClose={onClose} send={send}>
      {(wrong) => (
        <div class="form-grid">
          <Field label={words('number')} hint={words('number_rule')} error={wrong('number')}><input required pattern="[0-9 ]{11,14}" inputMode="numeric" autocomplete="off" {...bind('number')} /></Field>
          <Field label={words('name')} error={wrong('name')}><input required autocomplete="off" {...bind('name')} /></Field>
          <Field label={words('kind')} error={wrong('kind')}>
            <select {...bind('kind')}><option value="flat">{words('kind.flat')}</option><option value="feeder">{words('kind.feeder')}</option></select>
          </Field>
          <Field label={words('tariff')} error={wrong('tariff')}>
            <select required {...bind('tariff')}><option value="" />{(tariffs.data ?? []).map((one) => <option key={one.code} value={one.code}>{one.name}</option>)}</select>
          </Field>
          <Field label={words('gateway')} error={wrong('gateway')}><input required autocomplete="off" {...bind('gateway')} /></Field>
          <Field label={words('line')} error={wrong('line')}><input autocomplete="off" {...bind('line')} /></Field>
          <Field label={words('address')} error={wrong('address')}><input type="number" min={1} max={247} {...bind('address')} /></Field>
          <Field label={`${words('preset')} (${words('optional')})`} error={wrong('preset_credit')}><input inputMode="decimal" pattern="[0-9]{1,9}([.,][0-9]{1,5})?" autocomplete="off" {...bind('preset')} /></Field>
          <Field label={words('customer')} error={wrong('customer')}>
            <select {...bind('customer')}><option value="">{words('no_customer')}</option>{(customers.data ?? []).map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}</select>
          </Field>
        </div>
      )}
    </FormDialog>
  );
}
