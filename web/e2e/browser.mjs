// SPDX-License-Identifier: Apache-2.0
/** Chromium for the browser tests: Debian's own, with a fresh profile each time, offline but for the page under test. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/**
 * Opens Chromium (CHROMIUM names another binary).
 * @param {{ width?: number, height?: number, dark?: boolean, language?: string, phone?: boolean }} options
 */
export async function openBrowser({ width = 1440, height = 900, dark = false, language = 'en-GB', phone = false } = {}) {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) throw new Error(`no Chromium at ${executablePath}: apt install chromium, or name it in CHROMIUM`);
  const profile = mkdtempSync(join(tmpdir(), 'latchkey-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath, headless: true, args: flags, viewport: { width, height }, colorScheme: dark ? 'dark' : 'light',
    locale: language, deviceScaleFactor: 2, isMobile: phone, hasTouch: phone, permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(15_000);
  const page = context.pages()[0] ?? await context.newPage();
  /** @type {string[]} */
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    // A refused or lost request is reported by the browser itself; the pages deal with those.
    if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text())) complaints.push(message.text());
  });
  return {
    context, page, complaints,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** Logs in on the page that is open. @param {import('playwright-core').Page} page @param {string} user @param {string} password */
export async function logIn(page, user, password) {
  await page.fill('input[name=user]', user);
  await page.fill('input[name=password]', password);
  await page.click('button[type=submit]');
}
