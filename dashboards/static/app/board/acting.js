// @ts-check
/** Sends an operator's action and takes in the answer, or says who was faster. */
import { signal } from "../html.js";
import { get, post } from "../api.js";
import { learn } from "../live/store.js";
import { t, tWord } from "../language.js";
import { problemWords } from "../wording.js";

/** @typedef {import("../live/state.js").Incident} Incident */
/** @typedef {{ action: import("../../../types/contract.js").Action, outcome?: string, note?: string }} Wish */

/** Incidents with an action under way. @type {import("../../vendor/signals.js").Signal<ReadonlySet<string>>} */
export const busy = signal(new Set());

/** The last refusal, by incident, until the next action. @type {import("../../vendor/signals.js").Signal<ReadonlyMap<string, string>>} */
export const refusals = signal(new Map());

/** @param {string} id @param {boolean} on */
function setBusy(id, on) {
  const next = new Set(busy.peek());
  if (on) next.add(id);
  else next.delete(id);
  busy.value = next;
}

/** @param {string} id @param {string | null} words */
function setRefusal(id, words) {
  const next = new Map(refusals.peek());
  if (words) next.set(id, words);
  else next.delete(id);
  refusals.value = next;
}

/**
 * @param {Incident} incident  as the operator saw it
 * @param {Wish} wish
 * @returns {Promise<boolean>} true when it was done
 */
export async function act(incident, wish) {
  const { id } = incident;
  setBusy(id, true);
  setRefusal(id, null);
  try {
    learn(await send(incident, wish));
    return true;
  } catch (error) {
    setRefusal(id, await refusal(incident, /** @type {any} */ (error)));
    return false;
  } finally {
    setBusy(id, false);
  }
}

/** Say that one heard that it got worse; a note settles it on every board. @param {Incident} incident */
export const hear = (incident) => act(incident, { action: "note", note: t("row.heard") });

/** It called again after the operator saw it: what they meant was about less. @param {Incident} seen @param {Incident} current */
const gotWorse = (seen, current) => Boolean(current.rang_again_at) && current.rang_again_at !== seen.rang_again_at;

/**
 * Somebody's note raises the version too, but takes nothing away: if the incident is still where the operator
 * saw it, the action is sent once more.
 * @param {Incident} incident @param {Wish} wish
 */
async function send(incident, wish) {
  const path = `/incidents/${incident.id}/actions`;
  try {
    return await post(path, { ...wish, version: incident.version });
  } catch (error) {
    if (/** @type {any} */ (error).code !== "lost-race") throw error;
    /** @type {Incident} */
    const current = await get(`/incidents/${incident.id}`);
    if (current.state !== incident.state || gotWorse(incident, current) || !current.allowed.includes(wish.action)) throw error;
    return post(path, { ...wish, version: current.version });
  }
}

/** @param {Incident} incident @param {any} problem @returns {Promise<string>} */
async function refusal(incident, problem) {
  if (problem.status !== 409) return problemWords(problem);
  /** @type {Incident | null} */
  const current = await get(`/incidents/${incident.id}`).catch(() => null);
  if (current) learn(current);
  if (current && gotWorse(incident, current)) return t("act.lost_worse");
  const by = current?.acknowledged_by?.name;
  const state = current?.state ?? problem.body.state;
  if (by && state === "acknowledged") return t("act.lost_by", { name: by });
  return t("act.lost_state", { state: tWord("state", state) });
}
