// SPDX-License-Identifier: Apache-2.0
/** The language of the pages: chosen by the switch, else by the browser; remembered. Texts are in texts.ts. */
import { Cell, useCell } from './state/cell';
import { remember, remembered } from './state/memory';
import { texts, type TextKey } from './texts';

export type Language = 'en' | 'zh';

/** The tag for Intl and the lang attribute. */
export const tags: Record<Language, string> = { en: 'en-GB', zh: 'zh-CN' };

function atFirst(): Language {
  const kept = remembered('language');
  if (kept === 'en' || kept === 'zh') return kept;
  return typeof navigator !== 'undefined' && navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export const language = new Cell<Language>(atFirst());

/** Changes the language of everything at once and remembers it in this browser. */
export function speak(next: Language): void {
  language.value = next;
  remember('language', next);
}

/** A text in a language, with `{name}` replaced. */
export function translate(lang: Language, key: TextKey, values: Record<string, string | number> = {}): string {
  return texts[key][lang === 'en' ? 0 : 1].replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}

export interface Words {
  (key: TextKey, values?: Record<string, string | number>): string;
  /** The tag of the language, for Intl. */
  tag: string;
}

/** The texts in the language of now; the component is drawn again when it changes. */
export function useWords(): Words {
  const lang = useCell(language);
  const words = ((key, values) => translate(lang, key, values)) as Words;
  words.tag = tags[lang];
  return words;
}

/** A name from the server (`low_credit`) in words: from the table under `group.name`, else made readable as it is. */
export function named(words: Words, group: string, name: string): string {
  const key = `${group}.${name}`;
  return key in texts ? words(key as TextKey) : name.replace(/_/g, ' ');
}
