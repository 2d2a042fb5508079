// @ts-check
/** Which incidents sound. Pure. */
import { RANK, needsSomebody } from "../live/order.js";

/** @typedef {import("../live/state.js").Incident} Incident */
/** @typedef {import("../../../types/contract.js").Priority} Priority */

/** The system asking itself whether it works: a board that shows it has answered. */
const SELF_TEST = "self_test";

/** Sounds and flashes until somebody takes it, and again when it gets worse in their hands; while the resident may
 * still call it off, nobody is woken.
 * @param {Incident} incident */
export const isCalling = (incident) => needsSomebody(incident) && incident.kind !== SELF_TEST;

/** As it stood when somebody muted it. @typedef {{ priority: Priority, severity: string, again?: string | null }} Mute */

/** Life-threatening, as the life cycle says it. @param {string} severity */
const isGrave = (severity) => severity === "long_lie" || severity.endsWith("_critical");

/**
 * A mute holds for one incident as it was; when its priority rises, it becomes life-threatening or it rang again,
 * it sounds again.
 * @param {Incident} incident
 * @param {ReadonlyMap<string, Mute>} mutes
 */
export function isMuted(incident, mutes) {
  const at = mutes.get(incident.id);
  if (at === undefined || RANK[incident.priority] < RANK[at.priority]) return false;
  if (incident.rang_again_at && incident.rang_again_at !== at.again) return false;
  return !isGrave(incident.severity) || incident.severity === at.severity;
}

/**
 * A mute ends when somebody takes the incident: if that comes to nothing, it is heard again.
 * @template M
 * @param {ReadonlyMap<string, M>} mutes
 * @param {ReadonlyMap<string, Incident>} active
 * @returns {Map<string, M>}
 */
export function mutesLeft(mutes, active) {
  return new Map([...mutes].filter(([id]) => { const one = active.get(id); return one !== undefined && isCalling(one); }));
}

/**
 * @param {Iterable<Incident>} incidents
 * @param {ReadonlyMap<string, Mute>} mutes
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
