// @ts-check
/** Which rows of a long list to draw. Pure. */

export const SPARE = 8; // rows drawn above and below, so that a quick flick shows no gap

/**
 * @param {number} top  pixels scrolled @param {number} height  pixels shown @param {number} row  pixels a row
 * @param {number} count
 * @returns {{ first: number, end: number }}
 */
export function visibleRows(top, height, row, count) {
  const first = Math.max(0, Math.floor(top / row) - SPARE);
  return { first: Math.min(first, count), end: Math.min(count, Math.ceil((top + height) / row) + SPARE) };
}

/** @template T @param {readonly T[]} items @param {number} size @returns {T[][]} */
export const pieces = (items, size) =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
