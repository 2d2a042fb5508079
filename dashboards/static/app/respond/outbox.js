// @ts-check
/**
 * What a responder did where there was no signal. Pure: a list of wishes, in the order in which they were made.
 * Each is sent until the server has answered; the server decides who was first.
 *
 * @typedef {object} Wish
 * @property {string} key  unique on this phone
 * @property {"action" | "answer" | "state"} kind
 * @property {string} subject  the incident or offer; empty for a state
 * @property {Record<string, any>} body  as it is sent
 * @property {string} from  the state in which the incident was seen; empty for the others
 * @property {number} at  local milliseconds
 * @property {number} tries
 * @property {string | null} refused  why the server said no, in its word; null while it is to be sent
 */

/** How far along an incident is; who asks for what has already come about has what they want. */
const STEPS = Object.freeze({ detected: 0, open: 1, acknowledged: 2, responding: 3, on_site: 4, resolved: 5, cancelled: 5, followed_up: 6 });
/** Where each action leads. */
const LEADS_TO = Object.freeze({ acknowledge: 2, respond: 3, arrive: 4, resolve: 5, cancel: 5, follow_up: 6 });

/**
 * Only the last word on "am I free" counts.
 * @param {Wish[]} box @param {Wish} wish
 */
export const add = (box, wish) => [...box.filter((one) => !(wish.kind === "state" && one.kind === "state")), wish];

/** @param {Wish[]} box @param {string} key */
export const drop = (box, key) => box.filter((one) => one.key !== key);

/** @param {Wish[]} box @param {string} key @param {Partial<Wish>} change */
export const amend = (box, key, change) => box.map((one) => (one.key === key ? { ...one, ...change } : one));

/** The next to send; a refusal holds nothing up. @param {Wish[]} box */
export const next = (box) => box.find((one) => one.refused === null) ?? null;

/** Those about one incident or offer. @param {Wish[]} box @param {string} subject */
export const about = (box, subject) => box.filter((one) => one.subject === subject);

/** What the incident will be when all that waits has gone through. @param {string} state @param {Wish[]} box @param {string} id */
export function expected(state, box, id) {
  const steps = about(box, id).filter((one) => one.kind === "action" && one.refused === null).map((one) => LEADS_TO[/** @type {keyof typeof LEADS_TO} */ (one.body.action)] ?? -1);
  const furthest = Math.max(STEPS[/** @type {keyof typeof STEPS} */ (state)] ?? 0, ...steps);
  const names = /** @type {const} */ (["detected", "open", "acknowledged", "responding", "on_site", "resolved", "followed_up"]);
  return steps.length ? names[furthest] : state;
}

/**
 * After the server refused an action because the incident had moved: what now?
 * @param {Wish} wish
 * @param {{ state: string, version: number, allowed: string[], acknowledged_by: { id: number } | null, events?: { actor: any, data: Record<string, any> }[] }} current
 * @param {number} me  account id
 * @returns {"done" | "again" | "refused"}
 */
export function afterConflict(wish, current, me) {
  const { action, note } = wish.body;
  if (action === "note") return said(current, me, note) ? "done" : "again";
  const [now, wanted] = [STEPS[/** @type {keyof typeof STEPS} */ (current.state)], LEADS_TO[/** @type {keyof typeof LEADS_TO} */ (action)]];
  if (now >= wanted && mine(current, me, now)) return "done";
  return current.allowed.includes(action) && now < wanted ? "again" : "refused";
}

/** @param {{ events?: { actor: any, data: Record<string, any> }[] }} incident @param {number} me @param {string} note */
export const said = (incident, me, note) =>
  (incident.events ?? []).some(({ actor, data }) => actor?.id === me && data.note === note);

/** Has this person brought it at least this far, and not somebody else?
 * @param {{ state: string, acknowledged_by: { id: number } | null, events?: { actor: any }[] }} incident @param {number} me @param {number} step */
function mine(incident, me, step) {
  const last = (incident.events ?? []).filter(({ actor }) => actor?.id).at(-1);
  return last?.actor.id === me || (step === 2 && incident.acknowledged_by?.id === me);
}
