// @ts-check
/** Who is logged in on this page. */
import { signal, computed } from "./html.js";
import { get, remove, setCsrf } from "./api.js";
import { adoptLanguage } from "./language.js";

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

/** The session of this browser, or null after sending the reader to the login page. */
export async function requireSession() {
  try {
    adopt(await get("/session"));
    if (session.value?.held && location.pathname !== SECURITY) location.assign(SECURITY); // nothing else opens before
  } catch (error) {
    if (/** @type {any} */ (error).status !== 401) throw error;
    leaveForLogin();
  }
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
