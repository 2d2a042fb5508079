// @ts-check
/** In which order an operator should look at things. Pure. */
import { isHeld, isWaiting } from "./state.js";

/** @typedef {import("./state.js").Incident} Incident */

/** IEC 60601-1-8: high before medium before low. */
export const RANK = Object.freeze({ high: 0, medium: 1, low: 2 });

/**
 * Priority first, then the one that has waited longest, then the number, so that rows never jump about.
 * @param {Incident} a
 * @param {Incident} b
 */
export function byUrgency(a, b) {
  return RANK[a.priority] - RANK[b.priority] || compare(a.onset, b.onset) || a.number - b.number;
}

/** @param {string} a @param {string} b */
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** It got worse while somebody was on the way or there, and nobody has said that they heard.
 * @param {Incident} incident */
export const isWorse = (incident) => Boolean(incident.rang_again_at);

/** @param {Incident} incident */
export const needsSomebody = (incident) => incident.state === "open" || isWorse(incident);

/**
 * @param {Iterable<Incident>} incidents
 * @returns {{ waiting: Incident[], asking: Incident[], held: Incident[], inHand: Incident[] }} nobody has taken it, or
 *   it got worse / the resident may still call it off / it waits for the morning / somebody has it
 */
export function queue(incidents) {
  const sorted = [...incidents].sort(byUrgency);
  return {
    waiting: sorted.filter(needsSomebody),
    asking: sorted.filter((incident) => incident.state === "detected" && !isHeld(incident)),
    held: sorted.filter(isHeld),
    inHand: sorted.filter((incident) => !isWaiting(incident) && !isWorse(incident)),
  };
}
