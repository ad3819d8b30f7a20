// SPDX-License-Identifier: Apache-2.0
/** Small parts that several pages show: money, the relay, the shadow, alarms, states, and what stands in for a list. */
import type { ComponentChildren } from 'preact';
import type { Meter, Purchase, Reading } from '../api/types';
import { formatMoney, parseMoney } from '../money';
import { language, named, tags, useWords, type Words } from '../i18n';
import { useCell } from '../state/cell';
import { site } from '../state/site';
import { Contact, Icon, type IconName } from './icons';
import { why } from './load';

/** How this site writes money, in the language of now. */
export function useMoney(): (money: string | bigint, exact?: boolean) => string {
  const lang = useCell(language);
  const currency = useCell(site)?.currency ?? '';
  return (money, exact = false) => formatMoney(money, currency, tags[lang], exact);
}

export type Tone = 'good' | 'warn' | 'bad' | 'calm' | 'plain';

export function Pill({ tone, icon, children, title }: { tone: Tone; icon?: IconName; children: ComponentChildren; title?: string }) {
  return (
    <span class={`pill pill-${tone}`} title={title}>
      {icon && <Icon name={icon} size={14} />}
      {children}
    </span>
  );
}

/** Why the relay is open, in words: "no credit, by order". */
export function reasonsOf(words: Words, reading: Reading): string {
  return (reading.hold_reasons ?? []).map((reason) => named(words, 'hold', reason)).join(', ');
}

export function RelayPill({ reading }: { reading: Reading | null | undefined }) {
  const words = useWords();
  if (!reading?.supply_state) return <Pill tone="plain">{words('relay_unknown')}</Pill>;
  const closed = reading.supply_state === 'closed';
  const reasons = closed ? '' : reasonsOf(words, reading);
  return (
    <span class={`pill relay ${closed ? 'pill-good' : 'pill-bad'}`} data-relay={reading.supply_state}>
      <Contact closed={closed} />
      {words(closed ? 'relay_closed' : 'relay_open')}
      {reasons && <span class="relay-why">· {reasons}</span>}
    </span>
  );
}

/** Whether the meter's balance equals the server's own reckoning. */
export function ShadowMark({ meter }: { meter: Meter }) {
  const words = useWords();
  const money = useMoney();
  const { agrees, difference } = meter.shadow;
  if (agrees === null) return <span class="soft shadow-mark">{words('shadow_none')}</span>;
  if (agrees) {
    return (
      <span class="shadow-mark shadow-good">
        <Icon name="check" size={14} />
        {words('shadow_agrees')}
      </span>
    );
  }
  return (
    <span class="shadow-mark shadow-bad">
      <Icon name="warn" size={14} />
      {words('shadow_differs', { amount: difference === null ? '?' : money(difference, true) })}
    </span>
  );
}

/** A meter's alarms and its silence, as chips; "no credit" is left out where the relay already says so. */
export function AlarmChips({ meter }: { meter: Meter }) {
  const words = useWords();
  const said = meter.reading?.supply_state === 'open' && (meter.reading.hold_reasons ?? []).includes('credit');
  const names = (meter.reading?.alarms ?? []).filter((name) => !(said && name === 'no_credit'));
  if (names.length === 0 && meter.reachable) return null;
  return (
    <span class="chips">
      {!meter.reachable && <Pill tone="bad" icon="silent">{words('not_reachable')}</Pill>}
      {names.map((name) => (
        <Pill key={name} tone={name === 'low_credit' ? 'warn' : 'bad'} icon="warn">{named(words, 'alarm', name)}</Pill>
      ))}
    </span>
  );
}

export function DaysLeft({ days }: { days: number | null | undefined }) {
  const words = useWords();
  if (days === null || days === undefined) return null;
  if (days > 365) return <>{words('days_left', { days: '365+' })}</>;
  return <>{days === 0 ? words('days_none') : days === 1 ? words('day_left') : words('days_left', { days })}</>;
}

export function purchaseTone(state: Purchase['state']): Tone {
  if (state === 'accepted') return 'good';
  if (state === 'issued' || state === 'sent') return 'calm';
  return 'bad';
}

export function orderTone(state: string): Tone {
  if (state === 'done') return 'good';
  return state === 'sent' ? 'calm' : 'bad';
}

/** How a balance should be seen: calm, low, or gone. */
export function balanceTone(reading: Reading | null | undefined): '' | 'is-low' | 'is-gone' {
  if (!reading?.balance) return '';
  if (parseMoney(reading.balance) <= 0n && (reading.alarms ?? []).includes('no_credit')) return 'is-gone';
  if ((reading.hold_reasons ?? []).includes('credit')) return 'is-gone';
  return (reading.alarms ?? []).includes('low_credit') ? 'is-low' : '';
}

export function PageHead({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <header class="page-head">
      <h1>{title}</h1>
      {children && <div class="page-acts">{children}</div>}
    </header>
  );
}

export function Empty({ icon, children }: { icon: IconName; children: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name={icon} size={28} />
      <p>{children}</p>
    </div>
  );
}

/** What stands where a list will be: while it loads, or why it could not. */
export function Waiting({ error, retry }: { error: unknown; retry(): void }) {
  const words = useWords();
  if (error === undefined) {
    return (
      <div class="skeleton" role="status">
        <span class="hidden">{words('loading')}</span>
        <i /><i /><i />
      </div>
    );
  }
  return (
    <div class="empty" role="alert">
      <Icon name="warn" size={28} />
      <p>{words('load_failed', { why: why(words, error) })}</p>
      <button type="button" class="button" onClick={retry}>{words('try_again')}</button>
    </div>
  );
}

/** Two or three choices of which one holds. */
export function Choice<T extends string>({ label, value, options, onPick }: {
  label: string;
  value: T;
  options: readonly { value: NoInfer<T>; text: string; icon?: IconName }[];
  onPick(value: NoInfer<T>): void;
}) {
  return (
    <div class="choice" role="group" aria-label={label}>
      {options.map((option) => (
        <button key={option.value} type="button" aria-pressed={option.value === value} onClick={() => onPick(option.value)}>
          {option.icon && <Icon name={option.icon} size={16} />}
          {option.text}
        </button>
      ))}
    </div>
  );
}

export function Field({ label, hint, error, children }: { label: string; hint?: string | undefined; error?: string | undefined; children: ComponentChildren }) {
  return (
    <label class={error ? 'field field-wrong' : 'field'}>
      <span class="field-label">{label}</span>
      {children}
      {error ? <span class="field-error" role="alert">{error}</span> : hint && <span class="field-hint">{hint}</span>}
    </label>
  );
}
