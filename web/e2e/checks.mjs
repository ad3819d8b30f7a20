// SPDX-License-Identifier: Apache-2.0
/** Checks of the page that is open, for who cannot see it well or at all: names, labels, contrast (WCAG 2.1 AA). */

/**
 * What is wrong with the open page, one line each; empty when nothing is.
 * @param {import('playwright-core').Page} page
 */
export function faultsOf(page) {
  return page.evaluate(() => {
    /** @type {Set<string>} */
    const faults = new Set();
    const shown = (/** @type {Element} */ one) => one.checkVisibility({ opacityProperty: false, visibilityProperty: true });
    const modal = document.querySelector('dialog[open]');
    const root = modal ?? document.body;

    for (const one of root.querySelectorAll('button, a[href], input, select')) {
      if (!shown(one) || one.closest('[aria-hidden=true]')) continue;
      const labels = /** @type {HTMLInputElement} */ (one).labels;
      const name = one.getAttribute('aria-label') || one.textContent?.trim() || [...(labels ?? [])].map((label) => label.textContent).join('').trim();
      if (!name) faults.add(`no name: ${one.outerHTML.slice(0, 90)}`);
    }
    const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
    for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.add(`two elements have the id ${id}`);
    if (!document.documentElement.lang) faults.add('the page names no language');
    if (!modal && document.querySelectorAll('h1').length !== 1) faults.add(`${document.querySelectorAll('h1').length} main headings`);

    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    const pen = canvas.getContext('2d', { willReadFrequently: true });
    /** @type {(colour: string) => [number, number, number, number]} */
    const parse = (colour) => {
      if (!pen) return [0, 0, 0, 1];
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
      const [r = 0, g = 0, b = 0, a = 0] = pen.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const light = (/** @type {number[]} */ rgb) => {
      const [r = 0, g = 0, b = 0] = rgb.slice(0, 3).map((part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (/** @type {Element | null} */ one) => {
      for (let at = one; at; at = at.parentElement) {
        const colour = parse(getComputedStyle(at).backgroundColor);
        if (colour[3] > 0.9) return colour;
      }
      return parse(getComputedStyle(document.body).backgroundColor);
    };
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const one = node.parentElement;
      if (!one || !node.textContent?.trim() || !shown(one) || one.closest('.hidden, .receipt, :disabled, .is-silent, script, noscript, option')) continue;
      const style = getComputedStyle(one);
      const [a, b] = [light(parse(style.color)), light(ground(one))].sort((x, y) => y - x);
      const ratio = ((a ?? 0) + 0.05) / ((b ?? 0) + 0.05);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (large ? 3 : 4.5)) faults.add(`contrast ${ratio.toFixed(2)} of “${node.textContent.trim().slice(0, 30)}” (${style.color})`);
    }
    const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (over > 0) faults.add(`wider than the window by ${over} px`);
    return [...faults];
  });
}
