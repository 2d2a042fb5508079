// @ts-check
/** Who is logged in on this page. */
import { signal, computed } from "./html.js";
import { get, remove, setCsrf } from "./api.js";
import { adoptLanguage } from "./language.js";
import { retryDelay } from "./live/connection.js";

/** @typedef {import("../../types/contract.js").Session} Session */

/** @type {import("../vendor/signals.js").Signal<Session | null>} */
export const session = signal(null);

export const roles = computed(() => new Set((session.value?.grants ?? []).map((grant) => grant.role)));

/** @param {Session} answer */
export function adopt(answer) {
  setCsrf(answer.csrf);
  session.value = answer;
  adoptLanguage(answer.account.language);
}

const SECURITY = "/account";

/** Why the session could not be asked for yet; it is asked for again. */
export const unopened = signal(/** @type {any} */ (null));

/**
 * The session of this browser, or null after sending the reader to the login page. A screen that wakes up before
 * its server asks until it answers: nobody stands beside a wall to load the page again.
 */
export async function requireSession() {
  for (let failures = 1; !session.value; failures++) {
    try {
      adopt(await get("/session"));
      unopened.value = null;
    } catch (error) {
      if (/** @type {any} */ (error).status === 401) {
        leaveForLogin();
        return null;
      }
      unopened.value = error;
      await new Promise((done) => { setTimeout(done, retryDelay(failures, Math.random())); });
    }
  }
  if (session.value?.held && location.pathname !== SECURITY) location.assign(SECURITY); // nothing else opens before
  return session.value;
}

let leaving = false;

export function leaveForLogin() {
  if (leaving) return;
  leaving = true;
  location.assign(`/login#${encodeURIComponent(location.pathname + location.hash)}`);
}

export async function logOut() {
  leaving = true; // the server ends the live connection too; that is no reason to come back here
  await remove("/session");
  location.assign("/login");
}
