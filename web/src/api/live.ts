// SPDX-License-Identifier: Apache-2.0
/**
 * The live connection: a WebSocket that comes back by itself.
 *
 * `connecting` → `live` → `lost` → `live` …; after each return `onLive` is called, so that what was missed is asked for
 * again. A connection that is open but silent is not trusted: after `quiet_ms` without a message the server is asked
 * over HTTP whether it is there, and if it is not, the socket is given up.
 */
import { api, Refusal } from './client';
import type { LiveMessage } from './types';

export type LinkState = 'connecting' | 'live' | 'lost';

export interface LiveHandlers {
  onState(state: LinkState): void;
  onLive(): void;
  onMessage(message: LiveMessage): void;
  onSessionEnd(): void;
}

const quiet_ms = 10_000;

/** How long to wait before try number `attempt` (0, 1, …): doubling from half a second, at most 8 s, ±25 %. */
export function retryDelay(attempt: number, random: number): number {
  const base = Math.min(8000, 500 * 2 ** attempt);
  return Math.round(base * (0.75 + random / 2));
}

/** Opens the live connection and keeps it until the returned function is called. */
export function openLive(handlers: LiveHandlers): () => void {
  let socket: WebSocket | null = null;
  let attempt = 0;
  let ended = false;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let watch: ReturnType<typeof setTimeout> | undefined;

  const address = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`;

  /** Asks whether the session still stands; a refused session ends the story instead of retrying for ever. */
  const stillThere = async (): Promise<boolean> => {
    try {
      await api.whoAmI();
      return true;
    } catch (error) {
      if (error instanceof Refusal && error.status === 401 && !ended) handlers.onSessionEnd();
      return false;
    }
  };

  const listen = (of: WebSocket): void => {
    clearTimeout(watch);
    watch = setTimeout(() => {
      void stillThere().then((there) => {
        if (of !== socket || ended) return;
        if (there) listen(of);
        else of.close();
      });
    }, quiet_ms);
  };

  const lose = (of: WebSocket): void => {
    if (of !== socket || ended) return;
    socket = null;
    clearTimeout(watch);
    handlers.onState('lost');
    void stillThere();
    retry = setTimeout(connect, retryDelay(attempt, Math.random()));
    attempt += 1;
  };

  const connect = (): void => {
    if (ended || socket !== null) return;
    clearTimeout(retry);
    const fresh = new WebSocket(address);
    socket = fresh;
    fresh.onopen = () => {
      if (fresh !== socket) return;
      attempt = 0;
      handlers.onState('live');
      handlers.onLive();
      listen(fresh);
    };
    fresh.onmessage = (event: MessageEvent<string>) => {
      if (fresh !== socket) return;
      listen(fresh);
      let message: LiveMessage;
      try {
        message = JSON.parse(event.data) as LiveMessage;
      } catch {
        return; // not ours; the next reading of the same meter replaces whatever it was
      }
      handlers.onMessage(message);
    };
    fresh.onclose = () => lose(fresh);
    fresh.onerror = () => fresh.close();
  };

  // A laptop that wakes or a phone that finds its network again should not wait for the timer.
  const hurry = (): void => {
    if (socket === null && !ended) connect();
  };
  window.addEventListener('online', hurry);

  handlers.onState('connecting');
  connect();
  return () => {
    ended = true;
    clearTimeout(retry);
    clearTimeout(watch);
    window.removeEventListener('online', hurry);
    socket?.close();
    socket = null;
  };
}
