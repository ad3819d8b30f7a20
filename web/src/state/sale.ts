// SPDX-License-Identifier: Apache-2.0
/**
 * One sale, from the typed amount to the known outcome.
 *
 *     drafting ──confirm──► asking ──answer──► sold
 *         ▲                 │    ▲  └─refusal─► refused ──again──► drafting (new identity)
 *         │                 │    └──ask again──┐
 *         └─ (only before)  └──no answer───► unknown        (same identity, same amount)
 *
 * The identity is made when the sale is confirmed and written to storage before the first request leaves. Only an answer
 * clears it. So a second click, a retry, a closed dialog, a reloaded page or a dead battery asks for the *same* sale
 * again, and the server answers with the first result. After `no answer` the amount cannot be changed: the sale may stand.
 */
import { NoAnswer, Refusal } from '../api/client';
import type { NewPurchase, Purchase } from '../api/types';
import { Cell } from './cell';

export type Sale =
  | { step: 'drafting' }
  | { step: 'asking'; request: NewPurchase; attempt: number }
  | { step: 'unknown'; request: NewPurchase }
  | { step: 'refused'; request: NewPurchase; refusal: Refusal }
  | { step: 'sold'; request: NewPurchase; purchase: Purchase };

/** Where unanswered sales are kept; localStorage in the browser. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface SaleTools {
  buy(request: NewPurchase): Promise<Purchase>;
  newId(): string;
  shelf: Shelf;
  wait(ms: number): Promise<void>;
}

/** Waits between tries that happen by themselves; after the last the person is asked. */
export const waits_ms: readonly number[] = [700, 1500, 3000];

const prefix = 'latchkey.sale.';

export class SaleDesk {
  readonly state: Cell<Sale>;
  private readonly key_: string;
  private closed_ = false;

  constructor(private readonly meter_: string, user: string, private readonly tools_: SaleTools) {
    this.key_ = `${prefix}${user}.${meter_}`;
    const left = this.unanswered_();
    this.state = new Cell<Sale>(left ? { step: 'unknown', request: left } : { step: 'drafting' });
  }

  /** Begins the sale of `amount`. Does nothing unless a draft is being made: the second click of a double click. */
  async confirm(amount: string, deliver: boolean): Promise<void> {
    if (this.state.value.step !== 'drafting') return;
    const request: NewPurchase = { id: this.tools_.newId(), meter: this.meter_, amount, deliver };
    try {
      this.tools_.shelf.setItem(this.key_, JSON.stringify(request));
    } catch {
      // Storage may be switched off; the identity then lives as long as this dialog.
    }
    await this.ask_(request);
  }

  /** Asks again for a sale whose outcome is not known: the same identity, the same contents. */
  async askAgain(): Promise<void> {
    const now = this.state.value;
    if (now.step === 'unknown') await this.ask_(now.request);
  }

  /** After an answer: back to an empty draft. Without an answer it does nothing. */
  startOver(): void {
    const { step } = this.state.value;
    if (step === 'sold' || step === 'refused') this.state.value = { step: 'drafting' };
  }

  /** The dialog is gone; a retry under way ends after its current request. The identity stays on the shelf. */
  close(): void {
    this.closed_ = true;
  }

  private async ask_(request: NewPurchase): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      this.state.value = { step: 'asking', request, attempt };
      try {
        const purchase = await this.tools_.buy(request);
        this.answered_();
        this.state.value = { step: 'sold', request, purchase };
        return;
      } catch (error) {
        // 401, 408, 429 refuse the request, not the sale of this identity: an earlier try may have gone through.
        const mayStand = error instanceof Refusal && [401, 408, 429].includes(error.status);
        if (error instanceof Refusal && !mayStand) {
          this.answered_();
          this.state.value = { step: 'refused', request, refusal: error };
          return;
        }
        const wait = waits_ms[attempt - 1];
        if (wait === undefined || this.closed_ || !(error instanceof NoAnswer)) {
          this.state.value = { step: 'unknown', request };
          return;
        }
        await this.tools_.wait(wait);
      }
    }
  }

  private answered_(): void {
    try {
      this.tools_.shelf.removeItem(this.key_);
    } catch {
      // see confirm()
    }
  }

  private unanswered_(): NewPurchase | null {
    try {
      const kept = JSON.parse(this.tools_.shelf.getItem(this.key_) ?? 'null') as Partial<NewPurchase> | null;
      if (kept && typeof kept.id === 'string' && kept.meter === this.meter_ && typeof kept.amount === 'string') {
        return { id: kept.id, meter: kept.meter, amount: kept.amount, deliver: kept.deliver ?? true };
      }
    } catch {
      // Unreadable: written by something else; there is no identity to keep.
    }
    return null;
  }
}

/** The meters of which this user has a sale that nobody has answered yet. */
export function unansweredSales(shelf: Shelf & { readonly length: number; key(index: number): string | null }, user: string): string[] {
  const begin = `${prefix}${user}.`;
  try {
    return Array.from({ length: shelf.length }, (_, index) => shelf.key(index) ?? '')
      .filter((key) => key.startsWith(begin)).map((key) => key.slice(begin.length)).filter((meter) => /^\d{11}$/.test(meter)).sort();
  } catch {
    return []; // storage is switched off
  }
}

/** True when the delivery of a purchase can still change by itself. */
export function deliveryOpen(purchase: Purchase): boolean {
  return purchase.state === 'sent' || purchase.state === 'issued';
}
