// @ts-check
/** The one store of a page: a signal holding the state, fed by one WebSocket. */
import { signal, computed, effect, batch } from "../html.js";
import { getAll, get } from "../api.js";
import { leaveForLogin } from "../session.js";
import { startConnection } from "./connection.js";
import { startClock, syncClock, readClock } from "./clock.js";
import { reduce } from "./reducer.js";
import { queue } from "./order.js";
import { EMPTY } from "./state.js";

/** @typedef {import("./state.js").Incident} Incident */

export const state = signal(EMPTY);
export const link = computed(() => state.value.link);
export const queues = computed(() => queue(state.value.active.values()));

/** @type {import("./clock.js").Clock} */
let clock = startClock(Date.now(), performance.now());

/** The server's time in milliseconds, once a second. */
export const now = signal(serverNow());

export function serverNow() {
  return readClock(clock, performance.now());
}

/** @param {string} instant ISO 8601 */
export function setClock(instant) {
  clock = startClock(Date.parse(instant), performance.now());
  now.value = serverNow();
}

/** @param {import("./reducer.js").Event} event */
export function dispatch(event) {
  if (event.type === "message" && "now" in event.message) {
    clock = syncClock(clock, Date.parse(event.message.now), performance.now());
  }
  state.value = reduce(state.peek(), event);
}

/** Take in an incident that an action answered with. @param {Incident} incident */
export const learn = (incident) => dispatch({ type: "upsert", incident });

/** @param {string | null} cursor */
function openSocket(cursor) {
  const url = new URL("/api/v1/live", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  if (cursor) url.searchParams.set("cursor", cursor);
  return new WebSocket(url);
}

const RECENT = 20;

/** What ended before this page was opened; nice to have, so a failure is no reason to worry anybody. */
async function fetchRecent() {
  const { items } = await get(`/incidents?state=closed&limit=${RECENT}`);
  const oldestFirst = [...items].sort((a, b) => (a.closed_at < b.closed_at ? -1 : 1));
  for (const incident of oldestFirst) learn(incident);
}

async function fetchActive() {
  const before = state.peek();
  /** @type {Incident[]} */
  const incidents = await getAll("/incidents?state=active&limit=200");
  dispatch({ type: "snapshot", incidents, before });
  fetchRecent().catch((error) => console.info("recently closed not fetched", error.message));
}

/** Fetch the list after each fresh hello, and again if that fails while the connection lives. */
function keepComplete() {
  let asked = 0;
  effect(() => {
    const { hellos, complete, link: { phase } } = state.value;
    if (complete || hellos === asked || phase !== "live") return;
    asked = hellos;
    fetchActive().catch((error) => {
      console.warn("list of incidents not fetched", error.message);
      setTimeout(() => { asked = 0; state.value = { ...state.peek() }; }, 2000);
    });
  });
}

/** A session may end while a board hangs on the wall: then say so instead of retrying for ever. */
function watchSession() {
  effect(() => {
    const { phase, failures } = link.value;
    if (phase === "lost" && failures % 3 === 2) {
      get("/session").catch((error) => { if (error.status === 401) leaveForLogin(); });
    }
  });
}

/** @type {ReturnType<typeof startConnection> | null} */
let connection = null;

/** The incident that this page has open, so that others see who looks at it. @type {string | null} */
let viewing = null;

/** @param {string | null} incident */
export function view(incident) {
  viewing = incident;
  connection?.say({ type: "viewing", incident });
}

/** After a new connection the server has forgotten what we look at. */
function sayAgain() {
  let before = "";
  effect(() => {
    const { phase } = link.value;
    if (phase === "live" && before !== "live" && viewing) connection?.say({ type: "viewing", incident: viewing });
    before = phase;
  });
}

/**
 * The page of the list that the HTML has already asked for is shown while the connection is still being made. It may be
 * older than the first word of the connection, so the list is fetched again after that.
 */
function showEarly() {
  get("/incidents?state=active&limit=200").then(({ items }) => items.forEach(learn), (error) => console.info("no early list", error.message));
}

/** Start the store; once a page. */
export function startStore() {
  const made = connection = startConnection({
    open: openSocket,
    dispatch,
    state: () => state.peek(),
    now: () => Date.now(),
    later: (run, ms) => setTimeout(run, ms),
    signedOut: leaveForLogin,
    chance: Math.random,
  });
  showEarly();
  const beat = () => batch(() => { made.tick(); now.value = serverNow(); });
  setInterval(beat, 1000);
  addEventListener("online", beat);
  document.addEventListener("visibilitychange", beat);
  addEventListener("pagehide", () => made.stop());
  keepComplete();
  watchSession();
  sayAgain();
}
