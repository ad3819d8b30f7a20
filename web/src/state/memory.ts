// SPDX-License-Identifier: Apache-2.0
/** Small choices (language, cards or table) kept in this browser; without storage they last as long as the page. */
const prefix = 'latchkey.';

export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(prefix + name);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(prefix + name, value);
  } catch {
    // switched off by the person; nothing to do
  }
}
