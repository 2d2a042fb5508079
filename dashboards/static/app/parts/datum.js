// @ts-check
/**
 * WGS 84 (satellites, our records) and GCJ-02 (what maps published in China are drawn in). Pure.
 *
 * GCJ-02 shifts each point by up to some 700 m by a published approximation: two polynomials with sines on the Krasovsky
 * 1940 ellipsoid. Outside China it is not used. All in degrees.
 *
 * @typedef {[number, number]} Point  latitude, longitude
 */

const A = 6378245.0; // semi-major axis of Krasovsky 1940, metres
const EE = 0.00669342162296594323; // its eccentricity squared
const { PI } = Math;

/** Roughly: the box in which the shift is applied. @param {Point} point */
export const inChina = ([lat, lon]) => lon > 72.004 && lon < 137.8347 && lat > 0.8293 && lat < 55.8271;

/** @param {number} x @param {number[]} waves  wave lengths and heights in turn, as the approximation gives them */
const sines = (x, waves) => {
  let sum = 0;
  for (let i = 0; i < waves.length; i += 2) sum += waves[i + 1] * Math.sin(waves[i] * PI * x);
  return (sum * 2) / 3;
};

/** @param {number} x east of 105° @param {number} y north of 35° */
const north = (x, y) => -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x))
  + sines(x, [6, 20, 2, 20]) + sines(y, [1, 20, 1 / 3, 40]) + sines(y, [1 / 12, 160, 1 / 30, 320]);

/** @param {number} x @param {number} y */
const east = (x, y) => 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x))
  + sines(x, [6, 20, 2, 20]) + sines(x, [1, 20, 1 / 3, 40]) + sines(x, [1 / 12, 150, 1 / 30, 300]);

/** @param {Point} point WGS 84 @returns {Point} GCJ-02 */
export function toGcj02([lat, lon]) {
  if (!inChina([lat, lon])) return [lat, lon];
  const [x, y] = [lon - 105, lat - 35];
  const phi = (lat / 180) * PI;
  const w2 = 1 - EE * Math.sin(phi) ** 2;
  const metresNorth = ((A * (1 - EE)) / (w2 * Math.sqrt(w2))) * (PI / 180);
  const metresEast = (A / Math.sqrt(w2)) * Math.cos(phi) * (PI / 180);
  return [lat + north(x, y) / metresNorth, lon + east(x, y) / metresEast];
}

/** By repeated correction, to better than a centimetre. @param {Point} point GCJ-02 @returns {Point} WGS 84 */
export function toWgs84([lat, lon]) {
  let guess = /** @type {Point} */ ([lat, lon]);
  for (let i = 0; i < 5; i += 1) {
    const shown = toGcj02(guess);
    guess = [guess[0] + lat - shown[0], guess[1] + lon - shown[1]];
  }
  return guess;
}
