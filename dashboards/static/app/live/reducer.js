// @ts-check
/**
 * The pure heart of the store: (state, event) -> state. No clock, no socket, no DOM; `at` comes in.
 *
 * Whatever order, however often messages come, the newest version of each incident wins, and a closed
 * incident never comes back to life. A resumed connection adds only what was missed; a fresh one asks for
 * the whole list (`hellos` rises) and `complete` stays false until it has come.
 *
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Incident} Incident
 * @typedef {import("../../../types/contract.js").LiveMessage} LiveMessage
 *
 * @typedef {{ type: "opening" }
 *   | { type: "message", message: LiveMessage, at: number }
 *   | { type: "closed" }
 *   | { type: "tick", at: number }
 *   | { type: "upsert", incident: Incident }
 *   | { type: "seen", ids: number[] }
 *   | { type: "snapshot", incidents: Incident[], before: State }} Event
 */
import { CLOSED_KEPT, UNSEEN_KEPT, isClosed } from "./state.js";

/**
 * @param {State} state
 * @param {Event} event
 * @returns {State} the same object when nothing changed
 */
export function reduce(state, event) {
  switch (event.type) {
    case "opening":
      return state.link.phase === "live" ? link(state, { phase: "connecting" }) : state;
    case "closed":
      return link(state, { phase: "lost", failures: state.link.failures + 1 });
    case "tick":
      return tick(state, event.at);
    case "upsert":
      return upsert(state, event.incident);
    case "seen":
      return { ...state, unseen: state.unseen.filter(({ id }) => !event.ids.includes(id)) };
    case "snapshot":
      return snapshot(state, event.incidents, event.before);
    case "message":
      return receive(heard(state, event.at), event.message);
  }
}

/**
 * @param {State} state
 * @param {Partial<import("./state.js").Link>} change
 * @returns {State}
 */
function link(state, change) {
  return { ...state, link: { ...state.link, ...change } };
}

/** @param {State} state @param {number} at */
function heard(state, at) {
  return link(state, { phase: "live", heardAt: at, failures: 0 });
}

/** Silence means lost, whatever the socket says. @param {State} state @param {number} at */
function tick(state, at) {
  const { phase, heardAt, silenceLimitMs } = state.link;
  if (phase !== "live" || heardAt === null || at - heardAt <= silenceLimitMs) return state;
  return link(state, { phase: "lost", failures: state.link.failures + 1 });
}

/** @param {State} state @param {LiveMessage} message @returns {State} */
function receive(state, message) {
  switch (message.type) {
    case "hello":
      return hello(state, message);
    case "heartbeat":
      return { ...state, cursor: message.cursor };
    case "incident":
      return { ...upsert(state, message.incident), cursor: message.cursor };
    case "resident":
      return resident(state, message.resident);
    case "viewers":
      return viewers(state, message.incident, message.viewers);
    case "notification":
      return { ...state, unseen: [...state.unseen, message.notification].slice(-UNSEEN_KEPT) };
    default:
      return state; // a newer server may say more than we know
  }
}

/** @param {State} state @param {Extract<LiveMessage, { type: "hello" }>} message @returns {State} */
function hello(state, message) {
  const silenceLimitMs = Math.max(12_000, message.heartbeat_s * 2400);
  const next = { ...link(state, { silenceLimitMs }), cursor: message.cursor };
  if (message.resumed && state.complete) return next;
  return { ...next, complete: false, hellos: state.hellos + 1 };
}

/** @param {State} state @param {Incident} incident @returns {State} */
function upsert(state, incident) {
  const known = state.active.get(incident.id) ?? state.closed.get(incident.id);
  if (known && known.version >= incident.version) return state;
  const active = new Map(state.active);
  if (!isClosed(incident)) {
    const closed = without(state.closed, incident.id);
    return { ...state, active: active.set(incident.id, incident), closed };
  }
  active.delete(incident.id);
  const closed = new Map(state.closed);
  closed.delete(incident.id); // so that it moves to the end
  closed.set(incident.id, incident);
  for (const id of closed.keys()) {
    // While the list is on its way, it may still name any of them as open.
    if (closed.size <= CLOSED_KEPT || (state.hellos && !state.complete)) break;
    closed.delete(id);
  }
  return { ...state, active, closed };
}

/**
 * @template K, V
 * @param {ReadonlyMap<K, V>} map
 * @param {K} key
 */
function without(map, key) {
  if (!map.has(key)) return map;
  const next = new Map(map);
  next.delete(key);
  return next;
}

/**
 * Takes in the fetched list of active incidents. One that we knew `before` asking, that has not changed
 * since and that the list does not name, ended while we were away.
 *
 * @param {State} state
 * @param {Incident[]} incidents
 * @param {State} before  the state when the list was asked for
 */
function snapshot(state, incidents, before) {
  let next = state;
  for (const incident of incidents) next = upsert(next, incident);
  const named = new Set(incidents.map((incident) => incident.id));
  const active = new Map(next.active);
  for (const [id, incident] of before.active) {
    if (!named.has(id) && active.get(id)?.version === incident.version) active.delete(id);
  }
  return { ...next, active, complete: true };
}

/** @param {State} state @param {Partial<import("./state.js").Resident> & { id: number }} change @returns {State} */
function resident(state, change) {
  const residents = new Map(state.residents);
  residents.set(change.id, { ...residents.get(change.id), ...change });
  return { ...state, residents };
}

/** An incident that nobody has open is forgotten.
 * @param {State} state @param {string} incident @param {import("../../../types/contract.js").Person[]} people @returns {State} */
function viewers(state, incident, people) {
  const next = new Map(state.viewers);
  if (people.length) next.set(incident, people);
  else next.delete(incident);
  return { ...state, viewers: next };
}
