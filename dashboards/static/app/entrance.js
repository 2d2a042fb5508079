// @ts-check
/** Which page somebody enters after logging in. Pure. */

/** @typedef {{ grants: { role: string }[], held?: boolean }} Granted */

/** Where somebody with these grants works. @param {Granted} session */
export function homeOf(session) {
  if (session.held) return "/account"; // nothing else is open before a second factor is set up
  const only = (/** @type {string} */ role) => session.grants.length > 0 && session.grants.every((grant) => grant.role === role);
  return only("family") ? "/family" : only("responder") ? "/respond" : "/board";
}

const OWN_PAGES = /^\/(board|care|account|family|respond|console|bench)(#.*)?$/;
/** What each may open besides their own: staff may look at all of them, responders at care, the others only at theirs. */
const FOR_STAFF = "/board";
const FOR_RESPONDERS = "/respond";

/**
 * The page that sent us to the login, if it is one of ours and of theirs; else their own.
 * @param {Granted} session
 * @param {string} hash  of the login page: "#" and the page, encoded
 */
export function returnTarget(session, hash) {
  const wanted = decodeURIComponent(hash.slice(1));
  const home = homeOf(session);
  const open = home === FOR_STAFF || wanted.startsWith(home) || wanted.startsWith("/account") || (home === FOR_RESPONDERS && wanted.startsWith("/care"));
  return OWN_PAGES.test(wanted) && open ? wanted : home;
}
