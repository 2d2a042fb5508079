// @ts-check
/**
 * What the board knows, as one immutable value. Only `reduce` (reducer.js) makes a new one.
 *
 * @typedef {import("../../../types/contract.js").Incident} Incident
 * @typedef {import("../../../types/contract.js").Resident} Resident
 *
 * @typedef {object} Link
 * @property {"connecting" | "live" | "lost"} phase
 * @property {number | null} heardAt  local milliseconds of the last message of any kind
 * @property {number} failures  connections lost in a row since the last message
 * @property {number} silenceLimitMs  longer without a message than this means lost
 *
 * @typedef {object} State
 * @property {Link} link
 * @property {string | null} cursor  where to resume
 * @property {boolean} complete  false until the active incidents were fetched after a fresh hello
 * @property {number} hellos  rises with each hello that was not resumed: the sign to fetch again
 * @property {ReadonlyMap<string, Incident>} active
 * @property {ReadonlyMap<string, Incident>} closed  the latest closed ones, oldest first
 * @property {ReadonlyMap<number, Partial<Resident> & { id: number }>} residents  live state heard of since
 * @property {ReadonlyMap<string, import("../../../types/contract.js").Person[]>} viewers  who else has an incident open
 * @property {readonly { id: number, incident_id?: string }[]} unseen  messages to this account that nobody has looked at
 */

export const CLOSED = Object.freeze(["resolved", "cancelled", "followed_up"]);
export const WAITING = Object.freeze(["detected", "open"]);

/** How many closed incidents are remembered: enough to reject late duplicates, few enough to stay small. */
export const CLOSED_KEPT = 200;

/** How many messages to this account wait to be called seen; older ones are forgotten. */
export const UNSEEN_KEPT = 100;

/** @type {State} */
export const EMPTY = Object.freeze({
  link: Object.freeze({ phase: /** @type {const} */ ("connecting"), heardAt: null, failures: 0, silenceLimitMs: 12_000 }),
  cursor: null,
  complete: false,
  hellos: 0,
  active: new Map(),
  closed: new Map(),
  residents: new Map(),
  viewers: new Map(),
  unseen: Object.freeze([]),
});

/** @param {Incident} incident */
export const isClosed = (incident) => CLOSED.includes(incident.state);

/** Nobody is asked for longer; what opens later than that waits for the morning, or for the end of maintenance. */
const ASKED_AT_MOST_MS = 300_000;

/** It may wait: nobody is asked, and nobody is told before it opens. @param {Incident} incident */
export const isHeld = ({ state, state_since: since, next_step_at: opens }) =>
  state === "detected" && opens !== null && Date.parse(opens) - Date.parse(since) > ASKED_AT_MOST_MS;

/** Nobody has taken it yet. @param {Incident} incident */
export const isWaiting = (incident) => WAITING.includes(incident.state);
