// SPDX-License-Identifier: Apache-2.0
/** How far a campaign is: a bar of what is done and what is issued, with the figures in words. */
import type { Campaign } from '../api/types';
import { useWords } from '../i18n';
import { percentDone, size } from '../state/campaign';

export function Progress({ campaign }: { campaign: Campaign }) {
  const words = useWords();
  const { done, issued, waiting } = campaign;
  const all = Math.max(1, size(campaign));
  return (
    <span class="progress">
      <svg viewBox={`0 0 ${all} 1`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <rect class="progress-done" width={done} height="1" />
        <rect class="progress-issued" x={done} width={issued} height="1" />
      </svg>
      <b>{percentDone(campaign)} %</b>
      <small class="soft">{words('campaign_progress', { done, issued, waiting })}</small>
    </span>
  );
}
