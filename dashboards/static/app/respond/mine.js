// @ts-check
/** Which incidents are this responder's, and which offer stands. Pure. */
import { isClosed } from "../live/state.js";
import { byUrgency } from "../live/order.js";

/** @typedef {import("../../../types/contract.js").Incident} Incident */
/** @typedef {import("../../../types/contract.js").MyOffer} MyOffer */

/**
 * @param {readonly Incident[]} active
 * @param {MyOffer[]} offers
 * @param {number} me  account id
 * @param {ReadonlySet<string>} wanted  incidents that this phone has acted on or said yes to, sent or not
 * @returns {{ mine: Incident[], others: Incident[] }}
 */
export function sort(active, offers, me, wanted) {
  const accepted = new Set(offers.filter(({ answer }) => answer === "accepted").map(({ incident }) => incident?.id));
  const asked = new Set(offers.filter(({ answer }) => answer === null).map(({ incident }) => incident?.id));
  // A volunteer hears of nothing but what they agreed to: the offer itself is then all there is.
  const told = new Map(offers.flatMap(({ incident }) => (incident ? [[incident.id, incident]] : [])));
  for (const one of active) told.set(one.id, one);
  const all = [...told.values()].filter((one) => !isClosed(one)).sort(byUrgency);
  const heard = new Set([...active].map(({ id }) => id));
  const isMine = (/** @type {Incident} */ one) => accepted.has(one.id) || wanted.has(one.id) || one.acknowledged_by?.id === me;
  return { mine: all.filter(isMine), others: all.filter((one) => heard.has(one.id) && !isMine(one) && !asked.has(one.id) && one.state !== "detected") };
}

/** Offers that still want an answer, the most pressing first; one answered on this phone no longer asks.
 * @param {MyOffer[]} offers @param {ReadonlySet<string>} answered  offer ids as text @param {number} now ms */
export const standing = (offers, answered, now) => offers
  .filter((one) => one.incident !== null && one.answer === null && !answered.has(String(one.id)) && Date.parse(one.expires_at) > now)
  .sort((a, b) => (a.expires_at < b.expires_at ? -1 : 1));

/** A link to a phone's own navigation; the address serves where there are no coordinates.
 * @param {{ lat?: number | null, lon?: number | null, address: string }} home WGS84 */
export function geoLink({ lat, lon, address }) {
  const at = lat != null && lon != null ? `${lat},${lon}` : "0,0";
  const label = lat != null && lon != null ? `${at}(${address})` : address;
  return `geo:${at}?q=${encodeURIComponent(label)}`;
}
