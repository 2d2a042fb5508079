// @ts-check
/** Drafts of what to say, ready to read out or to copy. */
import { html } from "../html.js";
import { t, pick } from "../language.js";

const ORDER = /** @type {const} */ (["call", "emergency", "family"]);

/** @param {{ texts: import("../../../types/contract.js").IncidentDetail["texts"] }} props */
export function Texts({ texts }) {
  if (!texts || !ORDER.some((one) => pick(texts[one]))) return null;
  return html`<section class="card texts" data-testid="texts"><h3>${t("texts.title")}</h3>
    ${ORDER.map((one) => pick(texts[one]) && html`<details key=${one} open=${one === "call"}><summary>${t(`texts.${one}`)}</summary>
      <p class="draft">${pick(texts[one])}</p>
      ${navigator.clipboard && html`<button type="button" class="quiet" onClick=${() => navigator.clipboard.writeText(pick(texts[one]))}>${t("texts.copy")}</button>`}
    </details>`)}</section>`;
}
