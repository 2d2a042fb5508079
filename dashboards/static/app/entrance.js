// @ts-check
/** Which page somebody enters after logging in. Pure. */

/** @typedef {{ grants: { role: string }[] }} Granted */

/** Where somebody with these grants works. @param {Granted} session */
export function homeOf(session) {
  const onlyFamily = session.grants.length > 0 && session.grants.every((grant) => grant.role === "family");
  return onlyFamily ? "/family" : "/board";
}

const OWN_PAGES = /^\/(board|family)(#.*)?$/;

/**
 * The page that sent us to the login, if it is one of ours and of theirs; else their own.
 * @param {Granted} session
 * @param {string} hash  of the login page: "#" and the page, encoded
 */
export function returnTarget(session, hash) {
  const wanted = decodeURIComponent(hash.slice(1));
  const home = homeOf(session);
  return OWN_PAGES.test(wanted) && wanted.startsWith(home) ? wanted : home;
}
