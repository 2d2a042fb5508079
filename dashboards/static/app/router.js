// @ts-check
/** The page's address after "#/", as a signal: "#/incident/abc" is ["incident", "abc"]. */
import { signal } from "./html.js";

const read = () => location.hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decodeURIComponent);

export const route = signal(read());

addEventListener("hashchange", () => { route.value = read(); });

/** @param {...(string | number)} parts */
export const href = (...parts) => `#/${parts.map(encodeURIComponent).join("/")}`;

/** @param {...(string | number)} parts */
export const go = (...parts) => { location.hash = href(...parts); };
