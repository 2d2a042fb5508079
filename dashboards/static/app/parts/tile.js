// @ts-check
/** The lamp and the state of an incident, as every page shows them. */
import { html } from "../html.js";
import { tWord } from "../language.js";
import { isHeld, isWaiting } from "../live/state.js";
import { isCalling } from "../alarm/audible.js";
import { Icon } from "./icon.js";

/** @typedef {import("../live/state.js").Incident} Incident */

const MARKS = Object.freeze({ high: "!!!", medium: "!!", low: "!" });

/** The alarm lamp: colour, shape and word say the same. @param {{ incident: Incident }} props */
export function PriorityTile({ incident }) {
  const { priority, kind } = incident;
  return html`<span class=${`tile ${priority} ${isCalling(incident) ? "calling" : ""}`} data-testid="priority-tile">
    <${Icon} name=${kind} /><b aria-hidden="true">${MARKS[priority]}</b>
    <span class="unseen">${tWord("priority", `${priority}_long`)}</span></span>`;
}

/** @param {{ incident: Incident }} props */
export function StateChip({ incident }) {
  const by = incident.acknowledged_by?.name;
  return html`<span class=${`chip state-${incident.state}`} data-testid="incident-state">${tWord("state", isHeld(incident) ? "held" : incident.state)}${
    by && !isWaiting(incident) ? ` · ${by}` : ""}</span>`;
}
