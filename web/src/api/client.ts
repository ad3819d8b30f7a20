// SPDX-License-Identifier: Apache-2.0
/**
 * The HTTP interface of server/openapi.yaml, one function an operation.
 *
 * A call ends in one of three ways: the answer; a thrown `Refusal` (the server read the request and said no, with an
 * RFC 9457 problem); a thrown `NoAnswer` (nobody knows whether the server did it: the network failed, the time was up,
 * or something between answered in the server's place). Who sells must treat the last two differently.
 */
import type {
  Alarm, Answer, Campaign, CampaignMeter, Customer, EngineeringToken, KeyGroup, Meter, MeterEvent, NewCampaign, NewCustomer, NewEngineeringToken, NewMeter, NewOrder, NewPurchase, NewUser, Order, Problem,
  Purchase, Reading, Session, Site, Tariff, TrialBalance, User, Entry,
} from './types';

/** The server's "no". `name` is the last word of the problem's type, for instance `unknown_meter`. */
export class Refusal extends Error {
  readonly status: number;
  readonly problem: string;
  readonly detail: string;
  readonly field: string | undefined;

  constructor(status: number, body: Partial<Problem>) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.status = status;
    this.problem = (body.type ?? '').split(':').pop() ?? '';
    this.detail = body.detail ?? body.title ?? '';
    this.field = body.field;
  }
}

/** No answer that can be trusted came back; the request may or may not have had its effect. */
export class NoAnswer extends Error {}

const time_limit_ms = 15_000;

let onSessionEnd: () => void = () => {};

/** Names who is told when the server answers that the session is over (401 on anything but a log-in). */
export function whenSessionEnds(listener: () => void): void {
  onSessionEnd = listener;
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), time_limit_ms);
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: abort.signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    text = await answer.text();
  } catch (error) {
    throw new NoAnswer(String(error));
  } finally {
    clearTimeout(timer);
  }
  if (answer.ok) {
    try {
      return (text === '' ? undefined : JSON.parse(text)) as T;
    } catch {
      throw new NoAnswer('the answer is not JSON');
    }
  }
  if (answer.status >= 500) throw new NoAnswer(`HTTP ${answer.status}`);
  let problem: Partial<Problem> = {};
  try {
    problem = JSON.parse(text) as Partial<Problem>;
  } catch {
    // A refusal without a readable reason is still a refusal; its status is all that is known.
  }
  const refusal = new Refusal(answer.status, problem);
  if (answer.status === 401 && !path.startsWith('/api/v1/session')) onSessionEnd();
  throw refusal;
}

function query(values: Record<string, string | number | boolean | undefined>): string {
  const parts = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

const root = '/api/v1';

export const api = {
  logIn: (user: string, password: string) => call<Session>('POST', `${root}/session`, { user, password }),
  whoAmI: () => call<Session>('GET', `${root}/session`),
  logOut: () => call<void>('DELETE', `${root}/session`),
  site: () => call<Site>('GET', `${root}/site`),
  meters: () => call<Answer<'listMeters'>>('GET', `${root}/meters`).then((a): Meter[] => a.meters),
  meter: (number: string) => call<Meter>('GET', `${root}/meters/${number}`),
  registerMeter: (meter: NewMeter) => call<Meter>('POST', `${root}/meters`, meter),
  readings: (number: string, from: number, limit: number) =>
    call<Answer<'listReadings'>>('GET', `${root}/meters/${number}/readings${query({ from, limit })}`)
      .then((a): Reading[] => a.readings),
  events: (number: string, limit = 100) =>
    call<Answer<'listEvents'>>('GET', `${root}/meters/${number}/events${query({ limit })}`)
      .then((a): MeterEvent[] => a.events),
  orders: (number: string) =>
    call<Answer<'listOrders'>>('GET', `${root}/meters/${number}/orders`).then((a): Order[] => a.orders),
  placeOrder: (number: string, order: NewOrder) => call<Order>('POST', `${root}/meters/${number}/orders`, order),
  order: (id: string) => call<Order>('GET', `${root}/orders/${id}`),
  tokens: (number: string) =>
    call<Answer<'listEngineeringTokens'>>('GET', `${root}/meters/${number}/tokens`).then((a): EngineeringToken[] => a.tokens),
  makeToken: (number: string, token: NewEngineeringToken) => call<EngineeringToken>('POST', `${root}/meters/${number}/tokens`, token),
  keyGroups: () => call<Answer<'listKeyGroups'>>('GET', `${root}/key-groups`).then((a): KeyGroup[] => a.groups),
  campaigns: () => call<Answer<'listCampaigns'>>('GET', `${root}/campaigns`).then((a): Campaign[] => a.campaigns),
  beginCampaign: (campaign: NewCampaign) => call<Campaign>('POST', `${root}/campaigns`, campaign),
  campaign: (id: string) => call<Campaign>('GET', `${root}/campaigns/${id}`),
  campaignMeters: (id: string) =>
    call<Answer<'listCampaignMeters'>>('GET', `${root}/campaigns/${id}/meters`).then((a): CampaignMeter[] => a.meters),
  deliverCampaign: (id: string) => call<Campaign>('POST', `${root}/campaigns/${id}/delivery`, {}),
  /** Where the browser fetches the list as a file. */
  campaignFile: (id: string) => `${root}/campaigns/${id}/meters?format=csv`,
  purchases: (meter?: string, limit = 100) =>
    call<Answer<'listPurchases'>>('GET', `${root}/purchases${query({ meter, limit })}`)
      .then((a): Purchase[] => a.purchases),
  buy: (purchase: NewPurchase) => call<Purchase>('POST', `${root}/purchases`, purchase),
  purchase: (id: string) => call<Purchase>('GET', `${root}/purchases/${id}`),
  reissue: (id: string) => call<Purchase>('POST', `${root}/purchases/${id}/reissue`),
  customers: () => call<Answer<'listCustomers'>>('GET', `${root}/customers`).then((a): Customer[] => a.customers),
  addCustomer: (customer: NewCustomer) => call<Customer>('POST', `${root}/customers`, customer),
  tariffs: () => call<Answer<'listTariffs'>>('GET', `${root}/tariffs`).then((a): Tariff[] => a.tariffs),
  addTariff: (tariff: Tariff) => call<Tariff>('POST', `${root}/tariffs`, tariff),
  addUser: (user: NewUser) => call<User>('POST', `${root}/users`, user),
  alarms: (open: boolean) =>
    call<Answer<'listAlarms'>>('GET', `${root}/alarms${query({ open })}`).then((a): Alarm[] => a.alarms),
  balances: () => call<TrialBalance>('GET', `${root}/ledger/balances`),
  entries: (limit = 100) =>
    call<Answer<'ledgerEntries'>>('GET', `${root}/ledger/entries${query({ limit })}`).then((a): Entry[] => a.entries),
};
