// @ts-check
/** A thumb in a hurry, or one that trembles, taps twice: the second tap must not press what has moved under it. Pure, but for `calmTaps`. */

/** @typedef {{ at: number, x: number, y: number }} Tap  milliseconds and pixels */

const SAME_MS = 600;
const SAME_PX = 40;

/** Whether a tap is the echo of the one before. @param {Tap | null} before @param {Tap} tap */
export const isEcho = (before, tap) => before !== null && tap.at - before.at < SAME_MS
  && Math.hypot(tap.x - before.x, tap.y - before.y) < SAME_PX;

/** From now on echoes are swallowed. Keys and screen readers press without a place, and are left alone. */
export function calmTaps() {
  /** @type {Tap | null} */
  let before = null;
  addEventListener("click", (event) => {
    if (event.detail === 0) return; // a key
    const tap = { at: event.timeStamp, x: event.clientX, y: event.clientY };
    const swallow = isEcho(before, tap);
    if (!swallow) before = tap;
    // What is written into is tapped twice to mark a word.
    if (!swallow || /** @type {Element} */ (event.target).closest("input:not([type=checkbox], [type=radio]), textarea")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });
}
