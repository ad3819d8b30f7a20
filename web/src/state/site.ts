// SPDX-License-Identifier: Apache-2.0
/**
 * What is known of the site now: asked for once at log-in and after each return of the live connection, kept up to date
 * by its messages. One cell a meter, so that a reading redraws one card and not the page.
 */
import { api, NoAnswer, Refusal, whenSessionEnds } from '../api/client';
import { openLive, type LinkState } from '../api/live';
import type { Alarm, LiveMessage, Meter, Order, Purchase, Session, Site } from '../api/types';
import { Cell } from './cell';
import { traceMeter } from './trace';

/** undefined: not asked yet; null: nobody is logged in. */
export const session = new Cell<Session | null | undefined>(undefined);
/** True when the server said that it has no user at all. */
export const noUserYet = new Cell(false);
/** True when the server could not be reached at all at the start. */
export const unreachable = new Cell(false);
export const link = new Cell<LinkState>('connecting');
export const site = new Cell<Site | null>(null);
export const meterNumbers = new Cell<readonly string[] | null>(null);
export const openAlarms = new Cell<readonly Alarm[]>([]);
/** The latest purchase and order heard of on the live connection; lists and dialogs pick out what concerns them. */
export const latestPurchase = new Cell<Purchase | null>(null);
export const latestOrder = new Cell<Order | null>(null);
/** Rises with each (re)load of everything; lists that load by themselves load again when it does. */
export const epoch = new Cell(0);

const meters = new Map<string, Cell<Meter | null>>();

/** The cell of one meter, made empty if nothing is known of it yet. */
export function meterCell(number: string): Cell<Meter | null> {
  let cell = meters.get(number);
  if (cell === undefined) {
    cell = new Cell<Meter | null>(null);
    meters.set(number, cell);
  }
  return cell;
}

/** Takes a meter in; an older reading never replaces a newer one (HTTP answers and live messages may cross). */
function takeMeter(meter: Meter): void {
  const cell = meterCell(meter.number);
  const known = cell.value?.reading?.ts ?? 0;
  if (meter.reading && meter.reading.ts < known) return;
  traceMeter(meter);
  cell.value = meter;
}

function takeAlarm(alarm: Alarm): void {
  const others = openAlarms.value.filter((other) => other.id !== alarm.id);
  openAlarms.value = alarm.ended == null ? [alarm, ...others].sort((a, b) => b.ts - a.ts) : others;
}

function take(message: LiveMessage): void {
  switch (message.type) {
    case 'meter': {
      takeMeter(message.data);
      const numbers = meterNumbers.value;
      if (numbers !== null && !numbers.includes(message.data.number)) {
        meterNumbers.value = [...numbers, message.data.number].sort();
      }
      return;
    }
    case 'purchase':
      latestPurchase.value = message.data;
      return;
    case 'order':
      latestOrder.value = message.data;
      return;
    case 'alarm':
      takeAlarm(message.data);
      return;
    case 'site':
      site.value = message.data;
      return;
  }
}

/** Asks for everything anew. A tenant may be refused the site or the alarms; the page then does without. */
async function load(): Promise<void> {
  const optional = async <T>(asked: Promise<T>): Promise<T | null> => {
    try {
      return await asked;
    } catch {
      return null;
    }
  };
  const [found, all, alarms] = await Promise.all([optional(api.site()), optional(api.meters()), optional(api.alarms(true))]);
  if (found !== null) site.value = found;
  if (all !== null) {
    for (const meter of all) takeMeter(meter);
    meterNumbers.value = all.map((meter) => meter.number);
  }
  if (alarms !== null) openAlarms.value = alarms;
  epoch.value += 1;
}

let closeLive: (() => void) | null = null;

function begin(found: Session): void {
  session.value = found;
  closeLive?.();
  closeLive = openLive({
    onState: (state) => (link.value = state),
    onLive: () => void load(),
    onMessage: take,
    onSessionEnd: end,
  });
  void load();
}

function end(): void {
  closeLive?.();
  closeLive = null;
  meters.clear();
  meterNumbers.value = null;
  openAlarms.value = [];
  latestPurchase.value = null;
  latestOrder.value = null;
  site.value = null;
  session.value = null;
}

/** Finds out at the start whether a session stands. */
export async function resume(): Promise<void> {
  whenSessionEnds(end);
  try {
    begin(await api.whoAmI());
    unreachable.value = false;
  } catch (error) {
    unreachable.value = error instanceof NoAnswer;
    noUserYet.value = error instanceof Refusal && error.problem === 'no_users';
    session.value = null;
  }
}

/** A failed log-in says only "wrong"; whether there is any user at all is told to who asks without a session. */
async function lookForUsers(): Promise<void> {
  try {
    await api.whoAmI();
  } catch (error) {
    if (error instanceof Refusal) noUserYet.value = error.problem === 'no_users';
  }
}

/** Logs in; throws what the server answered. */
export async function logIn(user: string, password: string): Promise<void> {
  try {
    begin(await api.logIn(user, password));
    noUserYet.value = false;
    unreachable.value = false;
  } catch (error) {
    if (error instanceof Refusal) await lookForUsers();
    throw error;
  }
}

/** Logs out, also if the server does not answer: this browser then forgets what it knew. */
export async function logOut(): Promise<void> {
  try {
    await api.logOut();
  } catch {
    // The cookie stands until the server hears of it; the log-in page is shown all the same.
  }
  end();
}

/** Asks for one meter that is not in the list, or again. */
export async function refreshMeter(number: string): Promise<void> {
  takeMeter(await api.meter(number));
}
