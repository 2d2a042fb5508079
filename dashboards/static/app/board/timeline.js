// @ts-check
/** Every step of an incident, oldest first. */
import { html } from "../html.js";
import { t, tWord, pick, language } from "../language.js";
import { dayTime, exactTime } from "../format.js";
import { PhotoOfStep } from "../parts/photos.js";

/** @typedef {import("../../../types/contract.js").IncidentEvent} IncidentEvent */

/** @param {IncidentEvent} event */
function actorOf({ actor }) {
  if (actor?.name) return actor.name;
  const [kind, code] = (actor?.system ?? "").split(":");
  return kind === "console" ? t("incident.console", { code }) : t("incident.system");
}

/** What was said with the step: its outcome and its note. @param {{ event: IncidentEvent }} props */
function Said({ event }) {
  const { outcome, note } = event.data;
  if (!outcome && !note) return null;
  return html`<span class="said">${outcome ? tWord("outcome", String(outcome)) : ""}${outcome && note ? ": " : ""}${note ?? ""}</span>`;
}

/** @param {{ events: IncidentEvent[] }} props */
export function Timeline({ events }) {
  return html`<ol class="timeline" data-testid="timeline">${events.map((event) => html`
    <li key=${event.n} data-kind=${event.kind} class=${event.actor?.name ? "by-person" : "by-system"}>
      <time dateTime=${event.at} title=${dayTime(event.at, language.value)}>${exactTime(event.at, language.value)}</time>
      <span>${pick(event.text)} <span class="soft">${actorOf(event)}</span><${Said} event=${event} />${event.data.photo && html`<${PhotoOfStep} id=${String(event.data.photo)} name=${event.actor?.name ?? ""} at=${event.at} />`}</span>
    </li>`)}</ol>`;
}
