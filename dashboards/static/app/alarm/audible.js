// @ts-check
/** Which incidents sound. Pure. */
import { RANK } from "../live/order.js";

/** @typedef {import("../live/state.js").Incident} Incident */
/** @typedef {import("../../../types/contract.js").Priority} Priority */

/** The system asking itself whether it works: a board that shows it has answered. */
const SELF_TEST = "self_test";

/** Sounds and flashes until somebody takes it; while the resident may still call it off, nobody is woken.
 * @param {Incident} incident */
export const isCalling = (incident) => incident.state === "open" && incident.kind !== SELF_TEST;

/**
 * A mute holds for one incident at the priority it had; when the priority rises, it sounds again.
 * @param {Incident} incident
 * @param {ReadonlyMap<string, Priority>} mutes
 */
export function isMuted(incident, mutes) {
  const at = mutes.get(incident.id);
  return at !== undefined && RANK[incident.priority] >= RANK[at];
}

/**
 * @param {Iterable<Incident>} incidents
 * @param {ReadonlyMap<string, Priority>} mutes
 * @returns {Priority | null} the most urgent priority that must be heard
 */
export function toSound(incidents, mutes) {
  /** @type {Priority | null} */
  let most = null;
  for (const incident of incidents) {
    if (!isCalling(incident) || isMuted(incident, mutes)) continue;
    if (most === null || RANK[incident.priority] < RANK[most]) most = incident.priority;
  }
  return most;
}
