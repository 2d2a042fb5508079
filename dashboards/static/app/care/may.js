// @ts-check
/** What the session may do; the pages hide what it may not, the server refuses it. */
import { session, roles } from "../session.js";

const DESK = ["operator", "administrator"];
const STAFF = [...DESK, "responder"];

/** The server's own words for what may be done, and which roles usually may. @type {Record<string, string[]>} */
const USUAL = {
  see_care: STAFF, set_care: DESK, assess: DESK, record_visits: STAFF, run_services: STAFF, settle: ["administrator"], see_rules: DESK,
  inspect: ["administrator"], run_station: ["administrator"], see_contacts: STAFF, export: ["administrator"],
};

/** @param {string} action */
export function may(action) {
  const said = /** @type {any} */ (session.value)?.may;
  if (Array.isArray(said)) return said.includes(action);
  return (USUAL[action] ?? []).some((role) => roles.value.has(role));
}
