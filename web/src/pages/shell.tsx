// SPDX-License-Identifier: Apache-2.0
/** What surrounds the console's pages: mark, navigation (at the side, or at the foot of a phone), connection, language. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { formatTime } from '../format';
import { language, speak, useWords } from '../i18n';
import type { TextKey } from '../texts';
import { useCell } from '../state/cell';
import { route, to } from '../state/route';
import { link, logOut, openAlarms, session, site } from '../state/site';
import { Icon, Mark, type IconName } from '../ui/icons';

export interface Place {
  path: string;
  text: TextKey;
  icon: IconName;
}

export const places: readonly Place[] = [
  { path: '', text: 'nav_site', icon: 'site' },
  { path: 'sales', text: 'nav_sales', icon: 'sale' },
  { path: 'alarms', text: 'nav_alarms', icon: 'bell' },
  { path: 'ledger', text: 'nav_ledger', icon: 'book' },
  { path: 'customers', text: 'nav_customers', icon: 'people' },
  { path: 'tariffs', text: 'nav_tariffs', icon: 'tag' },
  { path: 'keys', text: 'nav_keys', icon: 'key' },
];

export function LanguageSwitch() {
  const words = useWords();
  const now = useCell(language);
  return (
    <div class="choice choice-small" role="group" aria-label={words('language')}>
      <button type="button" lang="en" aria-pressed={now === 'en'} onClick={() => speak('en')}>English</button>
      <button type="button" lang="zh-CN" aria-pressed={now === 'zh'} onClick={() => speak('zh')}>中文</button>
    </div>
  );
}

/** "Live", or that the connection is lost and since when; read out when it changes. */
export function LinkSign() {
  const words = useWords();
  const state = useCell(link);
  return (
    <span class={`link-sign link-${state}`} role="status" data-link={state}>
      <i aria-hidden="true" />
      {words(state === 'live' ? 'link_live' : state === 'lost' ? 'link_lost' : 'link_connecting')}
    </span>
  );
}

/** A bar across the page while the connection is lost for more than a moment. */
export function LostBar() {
  const words = useWords();
  const state = useCell(link);
  const [since, setSince] = useState<number | null>(null);
  useEffect(() => {
    if (state === 'live') {
      setSince(null);
      return undefined;
    }
    if (state !== 'lost') return undefined;
    const at = Date.now();
    const timer = setTimeout(() => setSince((before) => before ?? at), 1200);
    return () => clearTimeout(timer);
  }, [state]);
  if (since === null) return null;
  return (
    <div class="lost-bar" role="alert">
      <Icon name="silent" size={18} />
      {words('link_lost_more', { time: formatTime(since, words.tag) })}
    </div>
  );
}

function Links({ shown, foot }: { shown: readonly Place[]; foot?: boolean }) {
  const words = useWords();
  const [first = ''] = useCell(route);
  const alarms = useCell(openAlarms).length;
  const active = first === 'meters' ? '' : first;
  return (
    <ul>
      {shown.map((place) => {
        const here = place.path === active || (foot && place.path === 'more' && !shown.some((one) => one.path === active));
        return (
          <li key={place.path}>
            <a href={place.path ? to(place.path) : '#/'} aria-current={here ? 'page' : undefined}>
              <Icon name={place.icon} />
              <span>{words(place.text)}</span>
              {place.path === 'alarms' && alarms > 0 && <b class="badge">{alarms}</b>}
            </a>
          </li>
        );
      })}
    </ul>
  );
}

export function Shell({ children }: { children: ComponentChildren }) {
  const words = useWords();
  const name = useCell(site)?.name ?? '';
  const who = useCell(session);
  return (
    <div class="shell">
      <a class="skip" href="#content" onClick={(event) => {
        event.preventDefault();
        document.getElementById('content')?.focus();
      }}>{words('skip')}</a>
      <aside class="side">
        <a class="brand" href="#/">
          <Mark size={34} />
          <span><b class="wordmark">{words('app')}</b><small>{name}</small></span>
        </a>
        <nav aria-label={words('menu')}><Links shown={places} /></nav>
        <div class="side-foot">
          <LinkSign />
          <LanguageSwitch />
          <a class="side-link" href="/tenant"><Icon name="phone" size={18} />{words('nav_tenant')}</a>
          <div class="who">
            <span class="who-name" title={who?.user}>{who?.user}</span>
            <button type="button" class="icon-button" aria-label={words('log_out')} title={words('log_out')} onClick={() => void logOut()}>
              <Icon name="out" size={18} />
            </button>
          </div>
        </div>
      </aside>
      <header class="top">
        <a class="brand" href="#/">
          <Mark size={28} />
          <span><b class="wordmark">{words('app')}</b></span>
        </a>
        <small class="top-name">{name}</small>
        <LinkSign />
      </header>
      <LostBar />
      <main id="content" tabIndex={-1}>{children}</main>
      <nav class="foot" aria-label={words('menu')}>
        <Links foot shown={[...places.slice(0, 4), { path: 'more', text: 'nav_more', icon: 'more' }]} />
      </nav>
    </div>
  );
}
