// SPDX-License-Identifier: Apache-2.0
/**
 * Short names for the schemas of server/openapi.yaml. `schema.d.ts` is generated from that file at each build
 * (`npm run types`), so a change of the contract that the pages do not follow fails to compile.
 */
import type { components, operations } from './schema';

type Schemas = components['schemas'];

export type Session = Schemas['Session'];
export type Site = Schemas['Site'];
export type Meter = Schemas['Meter'];
export type NewMeter = Schemas['NewMeter'];
export type Reading = Schemas['Reading'];
export type MeterEvent = Schemas['Event'];
export type Order = Schemas['Order'];
export type NewOrder = Schemas['NewOrder'];
export type Purchase = Schemas['Purchase'];
export type EngineeringToken = Schemas['EngineeringToken'];
export type NewEngineeringToken = Schemas['NewEngineeringToken'];
/** The pages sell for money; the interface also sells energy. */
export type NewPurchase = Omit<Schemas['NewPurchase'], 'tender' | 'energy'> & { amount: string };
export type Customer = Schemas['Customer'];
export type NewCustomer = Schemas['NewCustomer'];
export type Tariff = Schemas['Tariff'];
export type NewUser = Schemas['NewUser'];
export type User = Schemas['User'];
export type KeyGroup = Schemas['KeyGroup'];
export type Campaign = Schemas['Campaign'];
export type NewCampaign = Schemas['NewCampaign'];
export type CampaignMeter = Schemas['CampaignMeter'];
export type Alarm = Schemas['Alarm'];
export type TrialBalance = Schemas['TrialBalance'];
export type Entry = Schemas['Entry'];
export type Problem = Schemas['Problem'];

/** The JSON body of an operation's answer 200. */
export type Answer<Name extends keyof operations> = operations[Name] extends {
  responses: { 200: { content: { 'application/json': infer Body } } };
}
  ? Body
  : never;

/** A message of the WebSocket /api/v1/live (described in prose in openapi.yaml). */
export type LiveMessage =
  | { type: 'meter'; data: Meter }
  | { type: 'purchase'; data: Purchase }
  | { type: 'order'; data: Order }
  | { type: 'alarm'; data: Alarm }
  | { type: 'site'; data: Site };
