// @ts-check
/**
 * Brings one wish to the server. Pure but for its ports, so that the page, the service worker and a test carry alike.
 *
 * @typedef {object} Ports
 * @property {(path: string) => Promise<any>} get
 * @property {(path: string, body: unknown) => Promise<any>} post
 * @property {(path: string, body: unknown) => Promise<any>} put
 * @property {(incident: any) => void} learn  takes in an incident that the server answered with
 * @property {number} me  account id
 */
import { afterConflict, said } from "./outbox.js";

/** @typedef {import("./outbox.js").Wish} Wish */

/** @param {number} status of an answer @returns {boolean} it may go better later: no signal, the server away, not signed in */
const later = (status) => status === 0 || status >= 500 || [401, 408, 429].includes(status);

/**
 * @param {Wish} wish  `tries` counts earlier attempts, whose answers may have been lost
 * @param {Ports} ports
 * @returns {Promise<"sent" | "waits" | { refused: string }>}
 */
export async function carry(wish, ports) {
  try {
    await deliver(wish, ports);
    return "sent";
  } catch (error) {
    const { status = 0, code } = /** @type {any} */ (error);
    return later(status) ? "waits" : { refused: code ?? "other" };
  }
}

/** @param {Wish} wish @param {Ports} ports @returns {Promise<unknown>} */
function deliver(wish, ports) {
  const { kind, subject, body } = wish;
  if (kind === "answer") return ports.post(`/offers/${subject}/answer`, body);
  if (kind === "state") return ports.put("/me/state", body);
  if (kind === "photo") {
    const about = new URLSearchParams({ subject: `incident:${subject}`, taken_at: body.taken_at });
    return ports.post(`/photos?${about}`, body.file); // the same file again is the same picture
  }
  return act(wish, ports);
}

/** @param {Wish} wish @param {Ports} ports */
async function act(wish, { get, post, learn, me }) {
  const path = `/incidents/${wish.subject}`;
  // A note that may have arrived although its answer was lost is not written twice.
  if (wish.tries > 0 && wish.body.action === "note" && said(await get(path), me, wish.body.note)) return;
  try {
    learn(await post(`${path}/actions`, wish.body));
  } catch (error) {
    if (/** @type {any} */ (error).status !== 409) throw error;
    const current = await get(path);
    learn(current);
    const what = afterConflict(wish, current, me);
    if (what === "refused") throw error;
    if (what === "again") learn(await post(`${path}/actions`, { ...wish.body, version: current.version }));
  }
}
