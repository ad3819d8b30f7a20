// SPDX-License-Identifier: Apache-2.0
/** A dialog with a form: sends once at a time, shows the server's refusal beside the field that it names. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Refusal } from '../api/client';
import { useWords } from '../i18n';
import { Dialog } from './dialog';
import { Icon } from './icons';
import { why } from './load';

interface FormProps {
  title: string;
  more?: string;
  go: string;
  onClose(): void;
  /** Throws what the server answered; when it returns, the dialog closes. */
  send(): Promise<void>;
  /** Draws the fields; `wrong` says what the server found wrong with a field. */
  children(wrong: (field: string) => string | undefined): ComponentChildren;
}

export function FormDialog({ title, more, go, onClose, send, children }: FormProps) {
  const words = useWords();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await send();
      onClose();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  const field = error instanceof Refusal ? error.field : undefined;
  const wrong = (name: string): string | undefined => (field === name ? why(words, error) : undefined);
  return (
    <Dialog title={title} onClose={onClose} busy={busy}>
      <form class="form" onSubmit={submit}>
        {more && <p class="soft">{more}</p>}
        {children(wrong)}
        {error !== undefined && field === undefined && <p class="notice notice-bad" role="alert"><Icon name="warn" />{why(words, error)}</p>}
        <div class="dialog-acts">
          <button type="button" class="button" disabled={busy} onClick={onClose}>{words('cancel')}</button>
          <button type="submit" class="button button-primary" disabled={busy}>{go}</button>
        </div>
      </form>
    </Dialog>
  );
}
