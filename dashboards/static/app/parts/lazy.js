// @ts-check
/** A component whose module is fetched when it is first shown, so that the first page opens sooner. */
import { html, useEffect, useState } from "../html.js";
import { t } from "../language.js";
import { laterStyles } from "./later-styles.js";

const RETRY_MS = 3_000;

/** @param {() => Promise<unknown>} load  gives the component @param {boolean} [quiet]  a small part: nothing is shown meanwhile */
export function lazy(load, quiet = false) {
  /** @type {any} */
  let Loaded = null;
  return function Lazy(/** @type {Record<string, unknown>} */ props) {
    const [, show] = useState(0);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      let ended = false;
      const attempt = () => {
        if (ended || Loaded) return;
        Promise.all([load(), laterStyles()]).then(([component]) => { Loaded = component; show(1); }, () => { setFailed(true); setTimeout(attempt, RETRY_MS); });
      };
      attempt();
      return () => { ended = true; };
    }, []);
    if (Loaded) return html`<${Loaded} ...${props} />`;
    if (quiet && !failed) return null;
    if (!failed) return html`<p class="empty" role="status">${t("app.loading")}</p>`;
    // No signal; or the server has a newer version of the page, which begins with a fresh one.
    return html`<div class="empty" role="status"><p>${t("problem.unreachable")}</p><button type="button" onClick=${() => location.reload()}>${t("app.reload")}</button></div>`;
  };
}
