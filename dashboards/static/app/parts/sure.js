// @ts-check
/** A button for what cannot be undone: the first press asks, the second does it. */
import { html, useEffect, useRef, useState } from "../html.js";
import { t, teach } from "../language.js";
import { FORMS } from "../../messages/forms.js";

teach(FORMS);

/** @param {{ words: string, about: string, run: () => void }} props  `about`: what goes, for who cannot see the row */
export function Sure({ words, about, run }) {
  const [asked, ask] = useState(false);
  const yes = useRef(/** @type {any} */ (null));
  useEffect(() => { if (asked) yes.current.focus(); }, [asked]);
  if (!asked) return html`<button type="button" aria-label=${`${words}: ${about}`} onClick=${() => ask(true)} data-testid="sure-ask">${words}</button>`;
  const leave = (/** @type {KeyboardEvent} */ event) => { if (event.key === "Escape") ask(false); };
  return html`<span class="sure" role="group" aria-label=${t("sure.really", { what: about })} onKeyDown=${leave}>
    <button type="button" class="danger" ref=${yes} data-testid="sure-yes" onClick=${() => { ask(false); run(); }}>${t("sure.yes", { what: words })}</button>
    <button type="button" onClick=${() => ask(false)}>${t("sure.no")}</button></span>`;
}
