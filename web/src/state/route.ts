// SPDX-License-Identifier: Apache-2.0
/** Where in the pages we are: the part of the address after `#/`, so that any server of static files will do. */
import { Cell } from './cell';

function here(): readonly string[] {
  return location.hash.replace(/^#\/?/, '').split('/').filter(Boolean).map(decodeURIComponent);
}

export const route = new Cell<readonly string[]>([]);

/** Follows the address from now on. */
export function followAddress(): void {
  route.value = here();
  window.addEventListener('hashchange', () => {
    route.value = here();
    window.scrollTo(0, 0);
  });
}

/** The address of a page, for links: `to('meters', number)`. */
export function to(...parts: string[]): string {
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}

/** True where the address is the tenant's page. */
export function atTenant(): boolean {
  return /^\/tenant(\/|$)/.test(location.pathname);
}
