// SPDX-License-Identifier: Apache-2.0
/** What a campaign's figures say, and the keys that one can begin with. Pure. */
import type { Campaign, KeyGroup } from '../api/types';

type Figures = Pick<Campaign, 'done' | 'issued' | 'waiting'>;

/** How many meters take part. */
export function size({ done, issued, waiting }: Figures): number {
  return done + issued + waiting;
}

/** The whole percentage that is done: 100 only when all is, 0 only when nothing is. */
export function percentDone(figures: Figures): number {
  const all = size(figures);
  if (all === 0 || figures.done === all) return 100;
  return figures.done === 0 ? 0 : Math.min(99, Math.max(1, Math.round((figures.done * 100) / all)));
}

/** The keys that meters have, and those that they can be brought to: loaded, of the type that is one a supply group. */
export function keysOf(groups: readonly KeyGroup[]): { from: KeyGroup[]; to: KeyGroup[] } {
  const unique = groups.filter((group) => group.loaded && group.group.endsWith('-2'));
  return { from: unique.filter((group) => group.meters > 0), to: unique };
}
