// SPDX-License-Identifier: Apache-2.0
/** A value that pages can watch. All state of the pages that outlives one component lives in cells. */
import { useEffect, useReducer } from 'preact/hooks';

export class Cell<T> {
  private value_: T;
  private watchers_ = new Set<() => void>();

  constructor(value: T) {
    this.value_ = value;
  }

  get value(): T {
    return this.value_;
  }

  set value(next: T) {
    if (Object.is(next, this.value_)) return;
    this.value_ = next;
    for (const watcher of [...this.watchers_]) watcher();
  }

  /** Calls `watcher` after each change until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.watchers_.add(watcher);
    return () => {
      this.watchers_.delete(watcher);
    };
  }
}

/** The cell's value; the component is drawn again when it changes. */
export function useCell<T>(cell: Cell<T>): T {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const seen = cell.value;
    const stop = cell.watch(() => redraw(undefined));
    // It may have changed between drawing and watching.
    if (!Object.is(seen, cell.value)) redraw(undefined);
    return stop;
  }, [cell]);
  return cell.value;
}
