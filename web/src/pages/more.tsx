// SPDX-License-Identifier: Apache-2.0
/** On a phone: what has no room at the foot. */
import { useWords } from '../i18n';
import { useCell } from '../state/cell';
import { to } from '../state/route';
import { logOut, session } from '../state/site';
import { Icon } from '../ui/icons';
import { PageHead } from '../ui/parts';
import { LanguageSwitch, places } from './shell';

export function MorePage() {
  const words = useWords();
  const who = useCell(session);
  return (
    <>
      <PageHead title={words('nav_more')} />
      <ul class="card more-list">
        {places.slice(4).map((place) => (
          <li key={place.path}><a href={to(place.path)}><Icon name={place.icon} />{words(place.text)}</a></li>
        ))}
        <li><a href="/tenant"><Icon name="phone" />{words('nav_tenant')}</a></li>
        <li><span><Icon name="globe" />{words('language')}</span><LanguageSwitch /></li>
        <li><button type="button" onClick={() => void logOut()}><Icon name="out" />{words('log_out')} ({who?.user})</button></li>
      </ul>
    </>
  );
}
