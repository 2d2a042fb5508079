// @ts-check
/** The style that the first picture does not need: fetched once, before a part of the page that needs it is shown. */

/** @type {Promise<void> | null} */
let fetched = null;

/** Resolves when it is there; at once where the page was served with all its styles. */
export function laterStyles() {
  const named = /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=later-styles]"));
  fetched ??= named ? add(named.content) : Promise.resolve();
  fetched.catch(() => { fetched = null; });
  return fetched;
}

/** @param {string} href @returns {Promise<void>} */
function add(href) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  return new Promise((done, failed) => {
    link.onload = () => done();
    link.onerror = () => { link.remove(); failed(new Error("style not fetched")); };
    document.head.append(link);
  });
}
