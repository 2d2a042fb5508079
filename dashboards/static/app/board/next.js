// @ts-check
/** What the system will do by itself, and when. */
import { html, useComputed } from "../html.js";
import { now } from "../live/store.js";
import { t, isKey, language } from "../language.js";
import { running } from "../format.js";

/** @typedef {import("../live/state.js").Incident} Incident */

/** The server names the step; from an older server the state tells it. @param {Incident} incident */
function stepOf(incident) {
  if (incident.next_step) return incident.next_step;
  if (!incident.next_step_at) return null;
  const what = incident.state === "detected" ? "opens" : incident.state === "acknowledged" ? "lapses" : "escalates";
  return { what, at: incident.next_step_at };
}

/** @param {{ incident: Incident }} props */
export function Next({ incident }) {
  const step = stepOf(incident);
  const words = useComputed(() => {
    void language.value;
    if (!step) return t("next.none");
    const left = Date.parse(step.at) - now.value;
    if (left <= 0) return t("next.due");
    const key = `next.${step.what}`;
    return t(isKey(key) ? key : "next.other", { time: running(left, language.value) });
  });
  return html`<p class="next-line" data-testid="what-next" data-step=${step?.what ?? ""}>
    <span class="advice-title">${t("next.title")}${incident.level ? ` · ${t("next.level", { level: incident.level })}` : ""}</span> ${words}</p>`;
}
