// @ts-check
/** Every step of an incident, oldest first. */
import { html } from "../html.js";
import { t, pick, language } from "../language.js";
import { dayTime, exactTime } from "../format.js";

/** @typedef {import("../../../types/contract.js").IncidentEvent} IncidentEvent */

/** @param {IncidentEvent} event */
const actorOf = (event) => event.actor?.name ?? t("incident.system");

/** @param {{ events: IncidentEvent[] }} props */
export function Timeline({ events }) {
  return html`<ol class="timeline" data-testid="timeline">${events.map((event) => html`
    <li key=${event.n} data-kind=${event.kind} class=${event.actor?.name ? "by-person" : "by-system"}>
      <time dateTime=${event.at} title=${dayTime(event.at, language.value)}>${exactTime(event.at, language.value)}</time>
      <span>${pick(event.text)} <span class="soft">${actorOf(event)}</span></span>
    </li>`)}</ol>`;
}
