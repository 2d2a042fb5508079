// @ts-check
/**
 * What a responder did where there was no signal. Pure: a list of wishes, in the order in which they were made.
 * Each is sent until the server has answered; the server decides who was first.
 *
 * @typedef {object} Wish
 * @property {string} key  unique on this phone, rising with time
 * @property {number} who  account that made it
 * @property {"action" | "answer" | "state" | "photo"} kind
 * @property {string} subject  the incident or offer; empty for a state
 * @property {Record<string, any>} body  as it is sent; of a photo `file` (a Blob), `taken_at`, and a small `picture` to show
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

/** The next to send; a refusal holds nothing up, and a picture no word. @param {Wish[]} box */
export function next(box) {
  const waiting = box.filter((one) => one.refused === null);
  return waiting.find(({ kind }) => kind !== "photo") ?? waiting[0] ?? null;
}

/** Milliseconds until the next attempt: soon, then less and less often. @param {number} failures in a row */
export const retryAfter = (failures) => Math.min(1_000 * 2 ** Math.max(failures - 1, 0), 8_000);

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
  if (action === "undo") return lastOf(current)?.kind === "undone" && mine(current, me, 0) ? "done" : "refused";
  const [now, wanted] = [STEPS[/** @type {keyof typeof STEPS} */ (current.state)], LEADS_TO[/** @type {keyof typeof LEADS_TO} */ (action)]];
  if (now >= wanted && mine(current, me, now)) return "done";
  return current.allowed.includes(action) && now < wanted ? "again" : "refused";
}

/** @param {{ events?: { actor: any, data: Record<string, any> }[] }} incident @param {number} me @param {string} note */
export const said = (incident, me, note) =>
  (incident.events ?? []).some(({ actor, data }) => actor?.id === me && data.note === note);

/** The last thing a person did to it, notes aside. @param {{ events?: { actor: any, kind?: string }[] }} incident */
const lastOf = (incident) => (incident.events ?? []).filter(({ actor, kind }) => actor?.id && kind !== "noted").at(-1);

/** Has this person brought it at least this far, and not somebody else?
 * @param {{ state: string, acknowledged_by: { id: number } | null, events?: { actor: any, kind?: string }[] }} incident @param {number} me @param {number} step */
function mine(incident, me, step) {
  return lastOf(incident)?.actor.id === me || (step === 2 && incident.acknowledged_by?.id === me);
}

const UNDOABLE = ["acknowledged", "resolved", "cancelled"];
const UNDO_MS = 30_000; // as the life cycle has it

/** Server milliseconds until which this person may take back their last step; null when there is none to take back.
 * @param {{ events?: { actor: any, kind?: string, at?: string }[] }} incident @param {number} me */
export function undoUntil(incident, me) {
  const done = (incident.events ?? []).filter(({ kind }) => kind !== "noted").at(-1);
  if (!done || !UNDOABLE.includes(done.kind ?? "") || done.actor?.id !== me) return null;
  return Date.parse(done.at ?? "") + UNDO_MS;
}
