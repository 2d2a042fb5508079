// @ts-check
/** What the motion clip says in numbers. Pure; samples are [x, y, z] in milli-g, gravity included. */

/** @typedef {[number, number, number][]} Samples */

/** The magnitude of each sample in g. @param {Samples} samples */
export const strength = (samples) => samples.map(([x, y, z]) => Math.hypot(x, y, z) / 1000);

/** @param {Samples} samples @returns {number} the greatest magnitude in g */
export const peakOf = (samples) => strength(samples).reduce((most, g) => Math.max(most, g), 0);

const SETTLE_S = 2; // the body rolls and the arm bounces this long after an impact
const STILL_G = 0.08;

/**
 * Lay the wearer almost still after the impact?
 * @param {Samples} samples @param {number} hz @param {number} impact seconds from the first sample
 */
export function stillAfter(samples, hz, impact) {
  const after = strength(samples.slice(Math.round((impact + SETTLE_S) * hz)));
  if (after.length < hz) return false;
  const mean = after.reduce((sum, g) => sum + g, 0) / after.length;
  const variance = after.reduce((sum, g) => sum + (g - mean) ** 2, 0) / after.length;
  return Math.sqrt(variance) < STILL_G;
}
