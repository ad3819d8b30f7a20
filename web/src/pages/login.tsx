// SPDX-License-Identifier: Apache-2.0
/** The log-in page; says what to do when no user exists, the password is wrong, or nobody answers. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Refusal } from '../api/client';
import { useWords, type Words } from '../i18n';
import { useCell } from '../state/cell';
import { logIn, noUserYet, unreachable } from '../state/site';
import { Icon, Mark } from '../ui/icons';
import { Field } from '../ui/parts';
import { LanguageSwitch } from './shell';

function said(words: Words, error: unknown): string {
  if (!(error instanceof Refusal)) return words('login_silent');
  if (error.status === 429) return words('login_wait');
  if (error.status === 401) return words('login_wrong');
  return error.detail || words('login_wrong');
}

export function LoginPage() {
  const words = useWords();
  const nobody = useCell(noUserYet);
  const silent = useCell(unreachable);
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await logIn(user.trim(), password);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };

  const message = nobody ? null : error !== undefined ? said(words, error) : silent ? words('login_silent') : null;
  return (
    <main class="login">
      <div class="login-card">
        <div class="login-brand">
          <Mark size={48} />
          <div>
            <p class="wordmark">{words('app')}</p>
            <p class="soft">{words('app_claim')}</p>
          </div>
        </div>
        {nobody && (
          <div class="notice notice-warn" role="alert">
            <Icon name="people" />
            <div>
              <strong>{words('login_none')}</strong>
              <p>{words('login_none_more')}</p>
              <code class="command">latchkey-server user add --config server.toml --user NAME --role operator --password-file FILE</code>
              <p>{words('login_none_then')}</p>
            </div>
          </div>
        )}
        <form onSubmit={submit}>
          <h1 class="hidden">{words('login_title')}</h1>
          <Field label={words('login_user')}>
            <input ref={first} name="user" autocomplete="username" autocapitalize="none" spellcheck={false} required value={user} onInput={(event) => setUser(event.currentTarget.value)} />
          </Field>
          <Field label={words('login_password')}>
            <span class="with-button">
              <input name="password" type={shown ? 'text' : 'password'} autocomplete="current-password" required value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
              <button type="button" class="icon-button" aria-label={words('login_show')} aria-pressed={shown} onClick={() => setShown(!shown)}>
                <Icon name="eye" />
              </button>
            </span>
          </Field>
          <div aria-live="assertive">
            {message && <p class="notice notice-bad" role="alert"><Icon name="warn" />{message}</p>}
          </div>
          <button type="submit" class="button button-primary button-big" disabled={busy}>{words('login_go')}</button>
        </form>
      </div>
      <LanguageSwitch />
    </main>
  );
}
