// @ts-check
/** A one-time link to hand over. */
import { html, useState } from "../html.js";
import { t, language } from "../language.js";
import { dayTime } from "../format.js";

/** @param {{ made: { url: string, expires_at: string } }} props */
export function Link({ made }) {
  const [copied, setCopied] = useState("");
  async function copy() {
    // A page without TLS has no clipboard; the field can still be copied by hand.
    const done = await navigator.clipboard?.writeText(made.url).then(() => true, () => false);
    setCopied(t(done ? "link.copied" : "link.copy_failed"));
  }
  return html`<div class="card notice"><label>${t("link.title")}<input readonly value=${made.url} data-testid="link-url" onFocus=${(/** @type {any} */ event) => event.target.select()} /></label>
    <p class="acts"><button type="button" onClick=${copy}>${t("link.copy")}</button> <span role="status">${copied}</span></p>
    <p class="soft">${t("link.until", { time: dayTime(made.expires_at, language.value) })}</p></div>`;
}
