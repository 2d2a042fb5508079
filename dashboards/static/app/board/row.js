// @ts-check
/** One incident in the queue. */
import { html, useComputed } from "../html.js";
import { href } from "../router.js";
import { t, pick, language } from "../language.js";
import { clockTime, running } from "../format.js";
import { now } from "../live/store.js";
import { isWorse } from "../live/order.js";
import { isWaiting } from "../live/state.js";
import { isCalling } from "../alarm/audible.js";
import { toggleMute } from "../alarm/alarm.js";
import { Icon } from "../parts/icon.js";
import { PriorityTile, StateChip } from "../parts/tile.js";
import { Since } from "../parts/times.js";
import { adviceFor, placeOf, whoOf } from "../wording.js";
import { act, busy, hear } from "./acting.js";

/** @typedef {import("../live/state.js").Incident} Incident */

/** Counts down to the next step of the escalation. @param {{ incident: Incident }} props */
export function NextStep({ incident }) {
  const text = useComputed(() => {
    void language.value;
    const left = Date.parse(incident.next_step_at ?? "") - now.value;
    if (left <= 0) return t("row.next_due");
    return t(incident.state === "detected" ? "row.next_detected" : "row.next", { time: running(left, language.value) });
  });
  return html`<span class="next-step" data-testid="next-step">${text}</span>`;
}

/** @param {{ incident: Incident, muted: boolean, worded?: boolean }} props */
export function MuteButton({ incident, muted, worded = false }) {
  if (!isCalling(incident)) return null;
  return html`<button type="button" class=${muted ? "mute is-muted" : "mute"}
      data-testid="mute" onClick=${() => toggleMute(incident)} title=${t(muted ? "row.unmute" : "row.mute")}>
    <${Icon} name=${muted ? "bell_off" : "bell"} /><span class=${muted || worded ? "" : "unseen"}>${t(muted ? "row.muted" : "row.mute")}</span></button>`;
}

/** @param {{ incident: Incident }} props */
function Acknowledge({ incident }) {
  if (!incident.allowed.includes("acknowledge") || !isWaiting(incident)) return null;
  return html`<button type="button" class="primary" data-testid="row-acknowledge" disabled=${busy.value.has(incident.id)}
    onClick=${() => act(incident, { action: "acknowledge" })}>${t("action.acknowledge")}</button>`;
}

/** Of what got worse while somebody has it in hand. @param {{ incident: Incident }} props */
export function Heard({ incident }) {
  if (!isWorse(incident) || !incident.allowed.includes("note")) return null;
  return html`<button type="button" class="primary" data-testid="row-heard" disabled=${busy.value.has(incident.id)}
    onClick=${() => hear(incident)}>${t("row.heard")}</button>`;
}

/** @param {{ incident: Incident, muted: boolean, selected: boolean }} props */
export function Row({ incident, muted, selected }) {
  const { id, kind, priority, state } = incident;
  return html`<li class=${`row ${priority} ${selected ? "selected" : ""}`} data-testid="incident-row"
      data-incident=${id} data-kind=${kind} data-priority=${priority} data-state=${state} data-number=${incident.number}>
    <${PriorityTile} incident=${incident} />
    <div class="row-body">
      <p class="row-title"><a class="row-link" data-id=${id} href=${href("incident", id)}
          aria-current=${selected ? "true" : undefined} data-testid="incident-title">${pick(incident.title)}</a>
        ${incident.drill && html`<span class="chip drill">${t("row.drill")}</span>`}
        <${StateChip} incident=${incident} /></p>
      <p class="row-who"><strong>${whoOf(incident)}</strong> <span>${placeOf(incident)}</span></p>
      <p class="row-text">${pick(incident.text)}</p>
      <p class="row-advice">${adviceFor(incident)}</p>
    </div>
    <div class="row-time"><${Since} key=${incident.onset} instant=${incident.onset} />
      ${incident.next_step_at ? html`<${NextStep} key=${incident.version} incident=${incident} />`
        : html`<span class="soft began">${t("row.since", { time: clockTime(incident.onset, language.value) })}</span>`}</div>
    <div class="row-acts"><${MuteButton} incident=${incident} muted=${muted} /><${Acknowledge} incident=${incident} /><${Heard} incident=${incident} /></div>
  </li>`;
}
