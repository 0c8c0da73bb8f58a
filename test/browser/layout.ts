import type { Page } from 'playwright-core';

/** Whether a page is wider than the window: something does not fit. */
export const isTooWide = (page: Page) =>
  // Charts take the new width with the next frame.
  page.evaluate(`new Promise(resolve => {
    const { documentElement: root } = document;
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(root.scrollWidth > root.clientWidth)));
  })`);

/** Returns the texts of a page that lie on each other, in pairs. */
export const overlapsOf = (page: Page) => page.evaluate(`(${findOverlaps})()`) as Promise<string[]>;

/** Runs in the browser. Texts in different layers, such as a bar at the bottom, may lie on each other. */
const findOverlaps = `() => {
  const layerOf = element => {
    for (let at = element; at !== null; at = at.parentElement)
      if (['fixed', 'sticky', 'absolute'].includes(getComputedStyle(at).position)) return at;
    return null;
  };
  const clipped = (rect, element) => {
    let { left, right, top, bottom } = rect;
    for (let at = element; at !== null && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.overflow === 'visible' || style.display === 'inline') continue;
      const box = at.getBoundingClientRect();
      [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
      [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
    }
    return { left, right, top, bottom };
  };
  const boxes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '' || element.closest('.visuallyHidden, option, svg, script, noscript') !== null) continue;
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      const box = clipped(rect, element);
      if (box.right - box.left > 2 && box.bottom - box.top > 2)
        boxes.push({ ...box, node, layer: layerOf(element), text: node.data.trim().slice(0, 24) });
    }
  }
  const found = [];
  for (const [index, a] of boxes.entries())
    for (const b of boxes.slice(index + 1)) {
      if (a.node === b.node || a.layer !== b.layer) continue;
      const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      // Lines stand closer than fonts are high.
      const lower = Math.min(a.bottom - a.top, b.bottom - b.top);
      if (width > 2 && height > lower * 0.4) found.push(a.text + ' / ' + b.text);
    }
  return found;
}`;

interface Focused {
  readonly name: string;
  /** Why somebody who uses the keyboard cannot see where they are. */
  readonly fault: string | undefined;
}

/** Goes through a page with Tab. Returns what is focused although it cannot be seen, and what cannot be reached. */
export async function keyboardFaultsOf(page: Page): Promise<string[]> {
  await page.evaluate(`(() => {
    document.activeElement.blur();
    scrollTo(0, 0);
    getSelection().removeAllRanges();
    window.reached = new Set();
  })()`);
  const faults: string[] = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const focused = (await page.evaluate(`(${noteFocus})()`)) as Focused | null;
    if (focused === null) break;
    if (focused.fault !== undefined) faults.push(`${focused.name}: ${focused.fault}`);
  }
  const missed = (await page.evaluate(`(${findMissed})()`)) as string[];
  return [...faults, ...missed.map(name => `${name}: not reached`)];
}

/** Runs in the browser. @returns null when the focus has left the page, or has come to what it was on before */
const noteFocus = `async () => {
  const element = document.activeElement;
  if (element === null || element === document.body || window.reached.has(element)) return null;
  window.reached.add(element);
  const faultOf = () => {
    const box = element.getClientRects()[0] ?? element.getBoundingClientRect();
    const isShown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (!isShown || box.width === 0) return 'cannot be seen';
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height, innerHeight) / 2);
    const isOn = element.contains(top) || top?.contains(element) || element.labels?.[0]?.contains(top);
    return isOn ? undefined : 'is covered by ' + top?.outerHTML.slice(0, 80);
  };
  // The browser may scroll with the next frame.
  if (faultOf() !== undefined) await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  return { name: element.tagName + ' ' + (element.ariaLabel ?? element.textContent.trim()).slice(0, 40), fault: faultOf() };
}`;

const findMissed = `() =>
  [...document.querySelectorAll('a[href], button, input, select, textarea')]
    .filter(element => !element.disabled && element.checkVisibility({ visibilityProperty: true }))
    .filter(element => !window.reached.has(element))
    // It is there only while somebody reads older messages.
    .filter(element => !element.matches('.unread'))
    .map(element => element.outerHTML.slice(0, 90))`;
