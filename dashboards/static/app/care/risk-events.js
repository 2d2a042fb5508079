// @ts-check
/** Care-risk events of the last 30 days: those an incident confirmed, and those the family tells of. */
import { html, useState } from "../html.js";
import { t, tWord, language } from "../language.js";
import { dayTime } from "../format.js";
import { RISKS } from "./kinds.js";
import { Check } from "./forms.js";
import { choices } from "./parts.js";
import { today, toInstant } from "./today.js";

/** @typedef {import("./scoring.js").Health["risk_events"]} Events */

/** @param {{ confirmed: Events, events: Events, change: (events: Events) => void }} props */
export function RiskEvents({ confirmed, events, change }) {
  const [kind, setKind] = useState("fall");
  const [day, setDay] = useState(today());
  const same = (/** @type {Events[0]} */ a) => (/** @type {Events[0]} */ b) => a.at === b.at && a.kind === b.kind;
  const told = events.filter((one) => !confirmed.some(same(one)));
  const words = (/** @type {Events[0]} */ one) => `${tWord("risk", one.kind)} · ${dayTime(one.at, language.value)}`;
  return html`<fieldset class="risk-events"><legend>${t("assess.risks")}</legend><p class="hint">${t("assess.risks_about")}</p>
    ${confirmed.map((one, i) => html`<${Check} key=${i} checked=${events.some(same(one))} label=${words(one)} hint=${t("assess.by_incident")}
      change=${(/** @type {boolean} */ on) => change(on ? [...events, { at: one.at, kind: one.kind, source: one.source }] : events.filter((other) => !same(one)(other)))} />`)}
    ${told.map((one, i) => html`<p key=${i} class="told">${words(one)} <button type="button" class="quiet" onClick=${() => change(events.filter((other) => other !== one))}>${t("care.remove")}</button></p>`)}
    <div class="form-grid"><label>${t("assess.risk_kind")}<select value=${kind} onChange=${(/** @type {any} */ event) => setKind(event.target.value)}>${choices("risk", RISKS).map(([value, text]) => html`<option key=${value} value=${value}>${text}</option>`)}</select></label>
      <label>${t("assess.risk_day")}<input type="date" max=${today()} value=${day} onInput=${(/** @type {any} */ event) => setDay(event.target.value)} /></label>
      <button type="button" onClick=${() => change([...events, { at: toInstant(`${day}T00:00`), kind }])}>${t("assess.risk_add")}</button></div></fieldset>`;
}
