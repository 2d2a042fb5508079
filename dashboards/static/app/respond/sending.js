// @ts-check
/** The outbox of this page: shown as it is, sent one after the other, kept on the phone until it has gone. */
import { signal } from "../html.js";
import { get, post, put } from "../api.js";
import { learn } from "../live/store.js";
import { session } from "../session.js";
import { add, amend, drop, next, retryAfter } from "./outbox.js";
import { all, alone, discard, empty, keep } from "./cupboard.js";
import { carry } from "./carry.js";

/** @typedef {import("./outbox.js").Wish} Wish */

/** @type {import("../../vendor/signals.js").Signal<Wish[]>} */
export const outbox = signal([]);

/** Called when something has gone through. @type {Set<() => void>} */
const listeners = new Set();
/** @param {() => void} run */
export const whenSent = (run) => { listeners.add(run); return () => listeners.delete(run); };

/** What is being written to the phone; nothing is read back before. @type {Promise<unknown>} */
let written = Promise.resolve();
let changes = 0;
/** What a full phone would not keep: it is sent all the same, as long as the page is open. @type {Set<string>} */
const unkept = new Set();

/** @param {() => Promise<unknown>} change @param {string} [key]  of what is to be kept */
function write(change, key) {
  changes += 1;
  written = written.then(change).catch((error) => {
    console.warn("not kept on this phone", error?.message);
    if (key) unkept.add(key);
  });
}

/** @param {Pick<Wish, "kind" | "subject" | "body" | "from">} wish */
export function send(wish) {
  // Keys rise with time, so that what was done first is sent first, whoever sends it.
  const key = `${String(Date.now()).padStart(15, "0")}-${String(made++).padStart(6, "0")}`;
  /** @type {Wish} */
  const whole = { ...wish, key, who: session.peek()?.account.id ?? 0, at: Date.now(), tries: 0, refused: null };
  const before = outbox.peek();
  outbox.value = add(before, whole);
  for (const one of before) if (!outbox.peek().includes(one)) write(() => discard(one.key));
  write(() => keep(whole), whole.key);
  return flush();
}
let made = 0;

/** Take back what has not been sent, or put away what was refused. @param {string} key */
export function dismiss(key) {
  outbox.value = drop(outbox.peek(), key);
  write(() => discard(key));
}

/** Before somebody logs out: what is left here is nobody's any more. */
export async function forgetOutbox() {
  outbox.value = [];
  write(empty);
  await written;
}

let sending = false;
let failures = 0;

/** Send all that can be sent now. */
export async function flush() {
  if (sending || !session.peek()) return;
  sending = true;
  let through = true;
  try {
    through = (await alone(sendAll)) ?? false;
  } finally {
    sending = false;
  }
  if (through && next(outbox.peek())) return flush(); // pressed in the last moment
  failures = through ? 0 : failures + 1;
  if (!through) waitFor();
}

/** @returns {Promise<boolean>} false: no signal, or the server is away */
async function sendAll() {
  await recall();
  for (let wish = next(outbox.peek()); wish; wish = next(outbox.peek())) {
    const end = await carry(wish, { get, post, put, learn, me: session.peek()?.account.id ?? 0 });
    if (end === "waits") {
      change(wish.key, { tries: wish.tries + 1 });
      return false;
    }
    if (end === "sent") dismiss(wish.key);
    else change(wish.key, end);
    listeners.forEach((run) => run());
  }
  return true;
}

/** @param {string} key @param {Partial<Wish>} what */
function change(key, what) {
  outbox.value = amend(outbox.peek(), key, what);
  const wish = outbox.peek().find((one) => one.key === key);
  if (wish) write(() => keep(wish), wish.key);
}

/** What lies on the phone counts: the service worker may have sent some of it. Somebody else's is not ours to send. */
async function recall() {
  for (;;) {
    const before = changes;
    await written;
    const lying = await all();
    if (changes !== before) continue; // something was pressed meanwhile: what was read is not all
    const me = session.peek()?.account.id;
    const known = new Set(lying.map(({ key }) => key));
    const rest = outbox.peek().filter(({ key }) => unkept.has(key) && !known.has(key));
    outbox.value = [...lying, ...rest].filter((one) => one.who === me).sort((a, b) => (a.key < b.key ? -1 : 1));
    return;
  }
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Try again soon, then seldom; and let the browser send when the page is closed, where it can. */
function waitFor() {
  clearTimeout(timer);
  timer = setTimeout(flush, retryAfter(failures));
  if (!next(outbox.peek()) || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker.ready
    .then((worker) => /** @type {any} */ (worker).sync?.register("outbox"))
    .catch((error) => console.info("no sending in the background", error.message)); // then when the page opens again
}

/** Start; once a page, when somebody is signed in. */
export function startSending() {
  addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  navigator.serviceWorker?.addEventListener("message", ({ data }) => { if (data === "outbox") flush(); });
  flush();
}
