// @ts-check
/** Where somebody may be: circles and polygons. Pure. */

/**
 * @typedef {[number, number]} Point  latitude, longitude
 * @typedef {{ name: string, points: Point[], radius_m: number | null, from: string, until: string }} Place
 */

export const FIRST_RADIUS_M = 500;
const DEGREE_M = 111_320; // of latitude; of longitude at the equator

/** @param {Place} place */
export const isCircle = (place) => place.radius_m !== null;

/** @param {Place} place */
export const isAlways = (place) => place.from === place.until;

/** @param {Point} centre @param {string} name @returns {Place} */
export const circleAround = (centre, name) => ({ name, points: [centre], radius_m: FIRST_RADIUS_M, from: "00:00", until: "00:00" });

/** A square of a kilometre, to be dragged into shape. @param {Point} centre @param {string} name @returns {Place} */
export function squareAround([lat, lon], name) {
  const [up, aside] = [FIRST_RADIUS_M / DEGREE_M, FIRST_RADIUS_M / (DEGREE_M * Math.cos((lat * Math.PI) / 180))];
  const points = /** @type {Point[]} */ ([[lat + up, lon - aside], [lat + up, lon + aside], [lat - up, lon + aside], [lat - up, lon - aside]].map(rounded));
  return { name, points, radius_m: null, from: "00:00", until: "00:00" };
}

/** To a tenth of a metre. @param {number[]} point @returns {Point} */
export const rounded = ([lat, lon]) => [Math.round(lat * 1e6) / 1e6, Math.round(lon * 1e6) / 1e6];

/** A press on the map: the middle of a circle, one more corner of a polygon, put in where the outline grows least.
 * @param {Place} place @param {Point} at @returns {Place} */
export function pressed(place, at) {
  if (isCircle(place)) return { ...place, points: [rounded(at)] };
  const { points } = place;
  const grows = points.map((point, i) => apart(point, at) + apart(at, points[(i + 1) % points.length]) - apart(point, points[(i + 1) % points.length]));
  const after = grows.indexOf(Math.min(...grows)) + 1;
  return { ...place, points: [...points.slice(0, after), rounded(at), ...points.slice(after)] };
}

/** @param {Point} a @param {Point} b @returns {number} metres, near enough for a town */
export function apart(a, b) {
  const across = (a[1] - b[1]) * Math.cos((((a[0] + b[0]) / 2) * Math.PI) / 180);
  return Math.hypot(a[0] - b[0], across) * DEGREE_M;
}

/** @param {Place} place @param {number} i @param {Point} point @returns {Place} */
export const moved = (place, i, point) => ({ ...place, points: place.points.map((one, at) => (at === i ? rounded(point) : one)) });

/** @param {Place} place @param {number} i @returns {Place} a polygon keeps three corners */
export const without = (place, i) => (place.points.length > 3 ? { ...place, points: place.points.filter((_, at) => at !== i) } : place);

/** @param {Place} place @param {Point} home @returns {boolean} whether the home lies inside */
export function holds(place, home) {
  if (place.radius_m !== null) return apart(place.points[0], home) <= place.radius_m;
  const [lat, lon] = home;
  let inside = false;
  place.points.forEach(([aLat, aLon], i) => {
    const [bLat, bLon] = place.points[(i + 1) % place.points.length];
    if (aLat > lat !== bLat > lat && lon < ((bLon - aLon) * (lat - aLat)) / (bLat - aLat) + aLon) inside = !inside;
  });
  return inside;
}
