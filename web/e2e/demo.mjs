// SPDX-License-Identifier: Apache-2.0
/**
 * The console in a real browser against a running server: log in, see the meters live, sell, see the token accepted and
 * the relay closed, the books balanced.
 *
 *     npm run e2e -- --base URL --user U --password-file F [--meters 12] [--meter NUMBER] [--amount 10.00]
 *                    [--shots DIR] [--json FILE] [--timeout SECONDS]
 *
 * Without --meter it sells to a flat that is without credit, else to the first flat whose relay is closed. Exit code 0 when every step
 * held, 1 when one did not, 2 for a wrong command line.
 */
import { parseArgs } from 'node:util';
import { logIn, openBrowser } from './browser.mjs';
import { expect, makeSteps, passwordFrom, seeMetersLive, sellInDialog } from './steps.mjs';

const { values } = parseArgs({ options: {
  base: { type: 'string' }, user: { type: 'string' }, 'password-file': { type: 'string' }, meters: { type: 'string', default: '12' },
  meter: { type: 'string' }, amount: { type: 'string', default: '10.00' }, shots: { type: 'string' }, json: { type: 'string' }, timeout: { type: 'string', default: '60' },
} });
if (!values.base || !values.user || !values['password-file']) {
  console.error('usage: npm run e2e -- --base URL --user U --password-file F [--meters N] [--meter NUMBER] [--amount A] [--shots DIR] [--json FILE] [--timeout S]');
  process.exit(2);
}
const base = values.base.replace(/\/$/, '');
const { user } = values;
const password = passwordFrom(values['password-file']);
const count = Number(values.meters);
const timeout = Number(values.timeout) * 1000;

const steps = makeSteps({ shots: values.shots });
const { page, complaints, close } = await openBrowser();
let ok = false;
try {
  let number = values.meter ?? '';
  let token = '';
  await steps.step('log in', async () => {
    await page.goto(`${base}/`);
    await page.waitForSelector('input[name=user]');
    await steps.shot(page, 'login');
    await logIn(page, user, password);
    await page.waitForSelector('.shell', { timeout });
  });
  await steps.step(`see ${count} meters live`, () => seeMetersLive(page, count, timeout));
  await steps.step('sell to a flat', async () => {
    if (number === '') {
      const found = await page.evaluate(() => {
        const flats = [...document.querySelectorAll('[data-meter][data-kind=flat]:not(.is-silent)')];
        const dry = flats.find((one) => one.querySelector('[data-relay=open]') && one.querySelector('.is-gone'));
        return (dry ?? flats.find((one) => one.querySelector('[data-relay=closed]')))?.getAttribute('data-meter') ?? '';
      });
      expect(found !== '', 'no flat can be sold to');
      number = found;
    }
    await page.goto(`${base}/#/meters/${number}`);
    await page.waitForSelector(`.meter-page[data-meter="${number}"]`);
    const relay = await page.getAttribute('.hero [data-relay]', 'data-relay');
    await page.click('[data-act=sell]');
    token = await sellInDialog(page, values.amount, timeout);
    return `${values.amount} to ${number} (relay ${relay}), token ${token}`;
  });
  await steps.step('see the token accepted by the meter', async () => {
    await page.waitForSelector('dialog [data-delivery=accepted]', { timeout });
    await steps.shot(page, 'sold');
    await page.click('dialog .dialog-acts .button-primary');
  });
  await steps.step('see the relay closed', async () => {
    await page.waitForSelector('.hero [data-relay=closed]', { timeout });
    await page.waitForSelector('.chart canvas', { timeout });
    await page.waitForTimeout(1500); // two more readings, for the picture only
    await steps.shot(page, 'meter', true);
  });
  await steps.step('find it among the sales', async () => {
    await page.goto(`${base}/#/sales`);
    await page.waitForSelector(`table tbody tr:has-text("${token.match(/.{4}/g)?.join(' ')}")`, { timeout });
    await steps.shot(page, 'sales');
  });
  await steps.step('see the books balance', async () => {
    await page.goto(`${base}/#/ledger`);
    await page.waitForSelector('[data-balanced=true]', { timeout });
    await steps.shot(page, 'ledger');
  });
  await page.goto(`${base}/#/`);
  await page.waitForSelector('.meter-card');
  await steps.shot(page, 'console', true);
  await steps.step('see it all on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const [path, name] of [['#/', 'phone-console'], [`#/meters/${number}`, 'phone-meter'], ['tenant', 'phone-tenant']]) {
      await page.goto(`${base}/${path}`);
      await page.waitForSelector('[data-meter]', { timeout });
      await page.waitForTimeout(1200); // curves draw themselves, for the picture only
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(over <= 0, `${path} is wider than the phone by ${over} px`);
      await steps.shot(page, name ?? '');
    }
  });
  await steps.step('hear no complaint from the browser', async () => expect(complaints.length === 0, complaints.join('; ')));
  ok = true;
} catch {
  await steps.shot(page, 'failed', true).catch(() => {});
  for (const complaint of complaints) console.log(`  browser: ${complaint}`);
} finally {
  await close();
  if (values.json) steps.report(values.json, ok);
}
process.exit(ok ? 0 : 1);
