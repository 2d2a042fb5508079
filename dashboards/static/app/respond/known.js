// @ts-check
/** What this phone knows of offers and details, kept for the places without a signal; forgotten at log-out. */
import { effect, signal } from "../html.js";
import { get } from "../api.js";
import { dispatch, now, state } from "../live/store.js";
import { forget, remember, remembered } from "../memory.js";
import { whenSent } from "./sending.js";

/** @typedef {import("../../../types/contract.js").MyOffer} MyOffer */
/** @typedef {import("../../../types/contract.js").IncidentDetail} IncidentDetail */
/** @typedef {import("../../../types/contract.js").MyState} MyState */

const EVERY_MS = 20_000;
const PLACE = "respond.known";

/** @type {import("../../vendor/signals.js").Signal<MyOffer[]>} */
export const offers = signal([]);
/** @type {import("../../vendor/signals.js").Signal<MyState | null>} */
export const free = signal(null);
/** @type {import("../../vendor/signals.js").Signal<ReadonlyMap<string, IncidentDetail>>} */
export const details = signal(new Map());
/** Server milliseconds of what was kept, while it is all we have. @type {import("../../vendor/signals.js").Signal<number | null>} */
export const keptAt = signal(null);

export async function fetchOffers() {
  const page = await get("/offers").catch((error) => ({ items: offers.peek(), failed: error }));
  if (page.failed) return;
  offers.value = page.items;
  keptAt.value = null;
}

async function fetchFree() {
  free.value = await get("/me/state").catch(() => free.peek());
}

/** @param {string} id */
export async function fetchDetail(id) {
  const detail = await get(`/incidents/${encodeURIComponent(id)}`);
  details.value = new Map(details.peek()).set(id, detail);
  return detail;
}

/** Only what is still going on is worth keeping. */
function keep() {
  const active = [...state.value.active.values()];
  if (!state.value.complete) return;
  const ids = new Set(active.map(({ id }) => id));
  const kept = { at: now.peek(), active, offers: offers.value, free: free.value, details: [...details.value].filter(([id]) => ids.has(id)) };
  remember(PLACE, JSON.stringify(kept));
}

/** Show what was kept until the server speaks. */
export function recall() {
  try {
    const kept = JSON.parse(remembered(PLACE) ?? "null");
    if (!kept) return;
    keptAt.value = kept.at;
    offers.value = kept.offers;
    free.value = kept.free;
    details.value = new Map(kept.details);
    for (const incident of kept.active) dispatch({ type: "upsert", incident });
  } catch (error) {
    console.info("nothing usable was kept", error);
  }
}

/** Personal data does not stay on a phone that nobody is signed in on. */
export const forgetKnown = () => forget(PLACE);

/** Start; once a page. */
export function startKnown() {
  fetchFree();
  setInterval(fetchOffers, EVERY_MS);
  whenSent(fetchOffers);
  effect(() => {
    void state.value.active; // any change may come with an offer, or end one
    void state.value.unseen;
    fetchOffers();
  });
  effect(keep);
}
