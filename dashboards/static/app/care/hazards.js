// @ts-check
/** Hazards found in a home: each becomes a task of adaptation. */
import { html } from "../html.js";
import { t, pick } from "../language.js";
import { useRemote } from "../parts/remote.js";
import { ROOMS } from "./kinds.js";
import { choices } from "./parts.js";

/** @typedef {{ kind: string, room: string, note: string }} Hazard */

/** @param {Hazard[]} hazards */
export const hazardsOut = (hazards) => hazards.filter(({ kind }) => kind);

/** @param {{ hazards: Hazard[], change: (hazards: Hazard[]) => void }} props */
export function HazardFields({ hazards, change }) {
  const { data } = useRemote("/care/hazards");
  const kinds = /** @type {{ items: { kind: string, text: { zh: string, en: string } }[] } | null} */ (data)?.items ?? [];
  const set = (/** @type {number} */ at, /** @type {Partial<Hazard>} */ what) => change(hazards.map((one, i) => (i === at ? { ...one, ...what } : one)));
  return html`${hazards.map((one, i) => html`<fieldset key=${i} class="contact-fields"><legend>${t("hazard.number", { number: i + 1 })}</legend><div class="form-grid">
      <label>${t("hazard.kind")}<select value=${one.kind} data-testid=${`hazard-kind-${i}`} onChange=${(/** @type {any} */ event) => set(i, { kind: event.target.value })}><option value="">–</option>${kinds.map((each) => html`<option key=${each.kind} value=${each.kind}>${pick(each.text)}</option>`)}</select></label>
      <label>${t("hazard.room")}<select value=${one.room} onChange=${(/** @type {any} */ event) => set(i, { room: event.target.value })}><option value="">–</option>${choices("room", ROOMS).map(([value, words]) => html`<option key=${value} value=${value}>${words}</option>`)}</select></label>
      <label>${t("care.note")}<input value=${one.note} onInput=${(/** @type {any} */ event) => set(i, { note: event.target.value })} /></label></div>
    <p><button type="button" class="quiet" onClick=${() => change(hazards.filter((_, other) => other !== i))}>${t("care.remove")}</button></p></fieldset>`)}
    <p><button type="button" data-testid="hazard-add" onClick=${() => change([...hazards, { kind: "", room: "", note: "" }])}>${t("hazard.add")}</button></p>`;
}
