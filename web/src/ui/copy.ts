// SPDX-License-Identifier: Apache-2.0
/**
 * Puts text on the clipboard; answers whether it did. The Clipboard interface exists only over HTTPS or on this machine;
 * elsewhere the old way by a selected text field inside the open dialog still works.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'hidden';
    (document.querySelector('dialog[open]') ?? document.body).append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    return done;
  }
}
