// SPDX-License-Identifier: Apache-2.0
/**
 * Screenshots of every page against the mock, for looking at: node e2e/shots.mjs [--out DIR] [--only TEXT]
 * Wide and phone, light and dark, English and Chinese.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startMock } from '../dev/mock.mjs';
import { logIn, openBrowser } from './browser.mjs';

const { values } = parseArgs({ options: { out: { type: 'string', default: 'e2e/shots' }, only: { type: 'string', default: '' } } });
mkdirSync(values.out, { recursive: true });
const mock = await startMock();
const base = `http://127.0.0.1:${mock.port}`;
const meter = mock.building.flats[2]?.number ?? '';

const looks = [
  { name: 'wide', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844, phone: true },
  { name: 'wide-dark', width: 1440, height: 900, dark: true },
  { name: 'phone-dark-zh', width: 390, height: 844, phone: true, dark: true, language: 'zh-CN' },
  { name: 'wide-zh', width: 1440, height: 900, language: 'zh-CN' },
];

for (const look of looks) {
  if (!look.name.startsWith(values.only)) continue;
  const { page, complaints, close } = await openBrowser(look);
  /** @param {string} name @param {boolean} [full] */
  const shot = async (name, full = true) => {
    await page.screenshot({ path: join(values.out, `${look.name}-${name}.png`), fullPage: full });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (overflow > 0) console.log(`${look.name} ${name}: wider than the window by ${overflow} px`);
  };
  await page.goto(base);
  await page.waitForSelector('input[name=user]');
  await shot('login');
  await logIn(page, 'desk', 'desk-password');
  await page.waitForSelector('[data-meter]');
  await page.waitForTimeout(2500);
  await shot('site');
  for (const path of ['sales', 'alarms', 'ledger', 'customers', 'tariffs', 'keys', 'keys/20000000-0000-4000-8000-000000000001', 'more']) {
    await page.goto(`${base}/#/${path}`);
    await page.waitForTimeout(400);
    await shot(path.split('/')[1] ? 'campaign' : path);
  }
  await page.goto(`${base}/#/meters/${meter}`);
  await page.waitForSelector('.chart canvas');
  await page.waitForTimeout(1500);
  await shot('meter');
  await page.click('[data-act=sell]');
  await page.click('.chip:nth-child(3)');
  await page.waitForTimeout(300);
  await shot('sell-1', false);
  await page.click('[data-act=review]');
  await page.waitForTimeout(200);
  await shot('sell-2', false);
  await page.click('[data-act=confirm]');
  await page.waitForSelector('[data-token]');
  await page.waitForTimeout(600);
  await shot('sell-3', false);
  await page.waitForSelector('[data-delivery=accepted]');
  await shot('sell-4', false);
  if (look.name === 'wide') await page.pdf({ path: join(values.out, 'receipt.pdf'), preferCSSPageSize: true });
  await page.goto(`${base}/tenant`);
  await page.waitForSelector('.purse');
  await page.waitForTimeout(1500);
  await shot('tenant');
  for (const complaint of complaints) console.log(`${look.name}: ${complaint}`);
  await close();
}
mock.close();
