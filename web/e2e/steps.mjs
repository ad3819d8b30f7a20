// SPDX-License-Identifier: Apache-2.0
/** Steps of a browser test: named, timed, printed as they end; the first that fails ends the run. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('playwright-core').Page} Page */

/** @param {{ shots?: string | undefined }} options */
export function makeSteps({ shots } = {}) {
  /** @type {{ name: string, seconds: number, detail?: string }[]} */
  const done = [];
  if (shots) mkdirSync(shots, { recursive: true });
  return {
    done,
    /** @param {string} name @param {() => Promise<string | void>} what */
    async step(name, what) {
      const start = performance.now();
      try {
        const detail = await what();
        const seconds = Math.round(performance.now() - start) / 1000;
        done.push({ name, seconds, ...(detail ? { detail } : {}) });
        console.log(`  ok    ${name}${detail ? `: ${detail}` : ''} (${seconds.toFixed(2)} s)`);
      } catch (error) {
        console.log(`  FAIL  ${name}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
        throw error;
      }
    },
    /** @param {Page} page @param {string} name @param {boolean} [fullPage] */
    async shot(page, name, fullPage = false) {
      if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage });
    },
    /** @param {string} file @param {boolean} ok */
    report(file, ok) {
      writeFileSync(file, `${JSON.stringify({ ok, steps: done }, null, 2)}\n`);
    },
  };
}

/** Throws with a message that says what was expected. @param {unknown} holds @param {string} message */
export function expect(holds, message) {
  if (!holds) throw new Error(message);
}

/** @param {string} file */
export function passwordFrom(file) {
  return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
}

/** Waits until at least `count` flats are shown and each has had a newer reading. @param {Page} page @param {number} count @param {number} timeout_ms */
export async function seeMetersLive(page, count, timeout_ms) {
  await page.waitForFunction((wanted) => document.querySelectorAll('[data-meter][data-kind=flat]').length >= wanted, count, { timeout: timeout_ms });
  await page.waitForSelector('[data-link=live]', { timeout: timeout_ms });
  /** @type {Record<string, string>} */
  const before = await page.evaluate(() => Object.fromEntries([...document.querySelectorAll('[data-meter]')].map((one) => [one.getAttribute('data-meter') ?? '', one.getAttribute('data-ts') ?? ''])));
  await page.waitForFunction(({ wanted, old }) => {
    const flats = [...document.querySelectorAll('[data-meter][data-kind=flat]')];
    return flats.filter((one) => Number(one.getAttribute('data-ts')) > Number(old[one.getAttribute('data-meter') ?? ''] ?? 0)).length >= wanted;
  }, { wanted: count, old: before }, { timeout: timeout_ms });
}

/**
 * Sells in the open dialog: amount, check, confirm (clicked twice, as people do), and waits for the token.
 * @param {Page} page @param {string} amount @param {number} timeout_ms @returns {Promise<string>} the token
 */
export async function sellInDialog(page, amount, timeout_ms) {
  await page.fill('dialog input[name=amount]', amount);
  await page.click('dialog [data-act=review]');
  await page.dblclick('dialog [data-act=confirm]');
  await page.waitForSelector('dialog [data-token]', { timeout: timeout_ms });
  const token = await page.getAttribute('dialog [data-token]', 'data-token') ?? '';
  expect(/^\d{20}$/.test(token), `a token has 20 digits, this is “${token}”`);
  return token;
}
