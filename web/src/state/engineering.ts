// SPDX-License-Identifier: Apache-2.0
/** What each kind of token without credit asks for, and the request it becomes. Pure. */
import type { NewEngineeringToken } from '../api/types';

export type TokenKind = NewEngineeringToken['kind'];

type Rule = { least: number; most: number; unit?: string } | { choices: readonly ['65535', '4', '0'] } | null;

/** The value of each kind, as the HTTP interface bounds it; null where there is none. */
export const valueOf: Record<TokenKind, Rule> = {
  power_limit: { least: 1, most: 18_201_624, unit: 'W' },
  phase_unbalance: { least: 0, most: 18_201_624, unit: 'W' },
  tariff_rate: { least: 0, most: 8 },
  clear_credit: { choices: ['65535', '4', '0'] },
  clear_tamper: null,
  test: { least: 0, most: 28 },
  key_change: null,
};

/** The request; an untouched choice is its first. */
export function tokenWish(id: string, kind: TokenKind, value: string, deliver: boolean): NewEngineeringToken {
  const rule = valueOf[kind];
  if (rule === null) return { id, kind, deliver };
  const text = 'choices' in rule && value === '' ? rule.choices[0] : value;
  return { id, kind, value: Number(text), deliver };
}
