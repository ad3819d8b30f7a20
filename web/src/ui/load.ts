// SPDX-License-Identifier: Apache-2.0
/** Asking for something when a page is shown, and again when the live connection has come back. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { NoAnswer, Refusal } from '../api/client';
import { named, type Words } from '../i18n';
import { texts } from '../texts';
import { useCell } from '../state/cell';
import { epoch } from '../state/site';

export interface Loaded<T> {
  data: T | undefined;
  error: unknown;
  reload(): void;
  /** Changes what is shown without asking, for what a live message brought. */
  patch(change: (data: T) => T): void;
}

/** Calls `ask` now, when `key` changes and after each return of the connection. What was shown stays meanwhile. */
export function useLoad<T>(key: string, ask: () => Promise<T>): Loaded<T> {
  const [kept, setKept] = useState<{ key: string; data: T | undefined; error: unknown }>({ key, data: undefined, error: undefined });
  const [turn, setTurn] = useState(0);
  const now = useCell(epoch);
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    let wanted = true;
    latest.current().then(
      (data) => wanted && setKept({ key, data, error: undefined }),
      (error: unknown) => wanted && setKept((old) => ({ key, data: old.key === key ? old.data : undefined, error })),
    );
    return () => {
      wanted = false;
    };
  }, [key, turn, now]);
  const reload = useCallback(() => setTurn((count) => count + 1), []);
  const patch = useCallback((change: (data: T) => T) => {
    setKept((old) => (old.data === undefined ? old : { ...old, data: change(old.data) }));
  }, []);
  const fits = kept.key === key;
  return { data: fits ? kept.data : undefined, error: fits ? kept.error : undefined, reload, patch };
}

/** Why something failed, for people. */
export function why(words: Words, error: unknown): string {
  if (error instanceof NoAnswer) return words('no_answer');
  if (error instanceof Refusal) {
    if (`problem.${error.problem}` in texts) return named(words, 'problem', error.problem);
    return error.detail || `HTTP ${error.status}`;
  }
  return String(error);
}

/** Puts an object into a list by id: in its place, or in front. */
export function upsert<T extends { id: string | number }>(list: readonly T[], item: T): T[] {
  return list.some((one) => one.id === item.id) ? list.map((one) => (one.id === item.id ? item : one)) : [item, ...list];
}
