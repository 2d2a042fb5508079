// @ts-check
/** Sends what waits in the outbox, one after the other, and keeps it on the phone until it has gone. */
import { signal } from "../html.js";
import { get, post, put } from "../api.js";
import { learn } from "../live/store.js";
import { session } from "../session.js";
import { forget, remember, remembered } from "../memory.js";
import { add, afterConflict, amend, drop, next, said } from "./outbox.js";

/** @typedef {import("./outbox.js").Wish} Wish */

const RETRY_MS = 5_000;
const PLACE = "outbox";

/** @type {import("../../vendor/signals.js").Signal<Wish[]>} */
export const outbox = signal(kept());

/** Called when something has gone through. @type {Set<() => void>} */
const listeners = new Set();
/** @param {() => void} run */
export const whenSent = (run) => { listeners.add(run); return () => listeners.delete(run); };

/** @returns {Wish[]} */
function kept() {
  try {
    return JSON.parse(remembered(PLACE) ?? "[]");
  } catch {
    return []; // somebody wrote something else there: begin anew
  }
}

/** @param {Wish[]} box */
function keep(box) {
  outbox.value = box;
  if (box.length) remember(PLACE, JSON.stringify(box));
  else forget(PLACE);
}

/** @param {Pick<Wish, "kind" | "subject" | "body" | "from">} wish */
export function send(wish) {
  const key = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
  keep(add(outbox.peek(), { ...wish, key, at: Date.now(), tries: 0, refused: null }));
  return flush();
}

/** @param {string} key */
export const dismiss = (key) => keep(drop(outbox.peek(), key));

let sending = false;

/** Send all that can be sent now. */
export async function flush() {
  if (sending || !session.peek()) return;
  sending = true;
  try {
    for (let wish = next(outbox.peek()); wish; wish = next(outbox.peek())) {
      if (!(await carried(wish))) break;
    }
  } finally {
    sending = false;
  }
}

/** @param {Wish} wish @returns {Promise<boolean>} false: no signal, or the server is away; it stays */
async function carried(wish) {
  const before = wish.tries;
  keep(amend(outbox.peek(), wish.key, { tries: before + 1 }));
  try {
    await deliver({ ...wish, tries: before });
  } catch (error) {
    const { status, code } = /** @type {any} */ (error);
    if (status === 0 || status >= 500 || status === 429 || status === 401) return false;
    keep(amend(outbox.peek(), wish.key, { refused: code ?? "other" }));
    listeners.forEach((run) => run());
    return true;
  }
  keep(drop(outbox.peek(), wish.key));
  listeners.forEach((run) => run());
  return true;
}

/** @param {Wish} wish @returns {Promise<unknown>} */
function deliver(wish) {
  if (wish.kind === "answer") return post(`/offers/${wish.subject}/answer`, wish.body);
  if (wish.kind === "state") return put("/me/state", wish.body);
  return act(wish);
}

/** @param {Wish} wish */
async function act(wish) {
  const path = `/incidents/${wish.subject}`;
  const me = session.peek()?.account.id ?? 0;
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

/** Start; once a page. */
export function startSending() {
  setInterval(() => { if (outbox.peek().length) flush(); }, RETRY_MS);
  addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  flush();
}
