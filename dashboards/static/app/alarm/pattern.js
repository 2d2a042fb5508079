// @ts-check
/**
 * The auditory alarm signals of IEC 60601-1-8, as numbers. Pure.
 *
 * High: ten pulses, 3 + 2 and again 3 + 2. Medium: three. Low: two, seldom. Pulse 0.075-0.2 s (high) or
 * 0.125-0.25 s; the gaps within a burst 0.05-0.125 s (high) or 0.125-0.25 s.
 *
 * @typedef {object} Burst
 * @property {number[]} starts  seconds after the burst begins
 * @property {number} pulse  seconds
 * @property {number} every  seconds from one burst to the next
 * @property {number} pitch  Hz of the fundamental
 */

/** @param {number} pulse @param {number[]} gaps after each pulse but the last */
function starts(pulse, gaps) {
  return gaps.reduce((all, gap) => [...all, all[all.length - 1] + pulse + gap], [0]);
}

const X = 0.1; // the gap in a high burst
const HIGH_PULSE = 0.15;
const FIVE = [X, X, 2 * X + HIGH_PULSE, X];

/** @type {Readonly<Record<import("../../../types/contract.js").Priority, Burst>>} */
export const BURSTS = Object.freeze({
  high: { starts: starts(HIGH_PULSE, [...FIVE, 0.6, ...FIVE]), pulse: HIGH_PULSE, every: 6, pitch: 523 },
  medium: { starts: starts(0.2, [0.2, 0.2]), pulse: 0.2, every: 12, pitch: 440 },
  low: { starts: starts(0.2, [0.2]), pulse: 0.2, every: 30, pitch: 330 },
});
