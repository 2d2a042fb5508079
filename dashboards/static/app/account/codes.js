// @ts-check
/** Recovery codes, shown once. */
import { html, useEffect, useRef } from "../html.js";
import { t } from "../language.js";

/** @param {{ codes: string[], done: () => void }} props */
export function Codes({ codes, done }) {
  const place = useRef(/** @type {any} */ (null));
  useEffect(() => { place.current.focus(); }, []);
  const keep = `data:text/plain;charset=utf-8,${encodeURIComponent(`nowalls\n${codes.join("\n")}\n`)}`;
  return html`<div class="card notice" data-testid="recovery-codes" tabindex="-1" ref=${place}><h3>${t("codes.title")}</h3><p>${t("codes.about")}</p>
    <ul class="codes">${codes.map((one) => html`<li key=${one}>${one}</li>`)}</ul>
    <p class="acts"><a class="button" download="nowalls-recovery.txt" href=${keep}>${t("codes.save")}</a>
      <button type="button" class="primary" data-testid="codes-kept" onClick=${done}>${t("codes.kept")}</button></p></div>`;
}
