// SPDX-License-Identifier: Apache-2.0
/** A modal dialog: the browser's own, which keeps the focus inside, gives it back, and closes with Escape. */
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { useWords } from '../i18n';
import { Icon } from './icons';

interface DialogProps {
  title: string;
  onClose(): void;
  children: ComponentChildren;
  /** While true, Escape and the cross do nothing. */
  busy?: boolean;
  wide?: boolean;
}

export function Dialog({ title, onClose, children, busy = false, wide = false }: DialogProps) {
  const words = useWords();
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Before the browser paints: who types at once types into the dialog.
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog && !dialog.open) dialog.showModal();
    dialog?.querySelector<HTMLElement>('.dialog-body input, .dialog-body select')?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      class={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (!busy) onClose();
      }}
    >
      <header class="dialog-head">
        <h2 id={id}>{title}</h2>
        <button type="button" class="icon-button" aria-label={words('close')} disabled={busy} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}
