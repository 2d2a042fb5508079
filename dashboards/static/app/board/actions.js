// @ts-check
/** The buttons of the life cycle, and the small forms that some of them need. */
import { html, useEffect, useRef, useState } from "../html.js";
import { t } from "../language.js";
import { isWaiting } from "../live/state.js";
import { OUTCOMES } from "../parts/outcomes.js";
import { act, busy, refusals } from "./acting.js";

/** @typedef {import("../../../types/contract.js").Incident} Incident */
/** @typedef {import("../../../types/contract.js").Action} Action */

/** In the order in which they happen. @type {Action[]} */
const ORDER = ["acknowledge", "respond", "arrive", "resolve", "follow_up", "note", "hand_over", "cancel", "undo"];
/** The steps that lead on; the first one allowed is the big button. @type {Action[]} */
const FORWARD = ["acknowledge", "respond", "arrive", "resolve", "follow_up"];
/** @type {Action[]} */
const ASKS = ["resolve", "note", "cancel", "follow_up", "hand_over"];
/** These say nothing without words. @type {Action[]} */
const NEEDS_NOTE = ["note", "hand_over"];
/** What the note is for. @type {Partial<Record<Action, import("../language.js").Key>>} */
const ASKED = { cancel: "act.why_cancel", note: "act.note_needed", hand_over: "act.hand_over" };

/** @param {{ incident: Incident }} props */
export function Actions({ incident }) {
  const [asking, setAsking] = useState(/** @type {Action | null} */ (null));
  const allowed = ORDER.filter((action) => incident.allowed.includes(action));
  const lead = FORWARD.find((action) => allowed.includes(action) && (action !== "acknowledge" || isWaiting(incident)));
  const waiting = busy.value.has(incident.id);
  const refused = refusals.value.get(incident.id);
  const press = (/** @type {Action} */ action) => {
    if (ASKS.includes(action)) setAsking(asking === action ? null : action);
    else act(incident, { action });
  };
  return html`<div class="actions">
    <div class="action-buttons" role="group" aria-label=${t("advice.title")}>
      ${allowed.map((action) => html`<button key=${action} type="button" data-testid=${`action-${action}`} disabled=${waiting}
        class=${action === lead ? "primary" : ""} aria-expanded=${ASKS.includes(action) ? String(asking === action) : undefined}
        onClick=${() => press(action)}>${t(`action.${action}`)}</button>`)}
    </div>
    <p role="alert" class="refusal" data-testid="action-refused">${refused}</p>
    ${asking && allowed.includes(asking) && html`<${Form} key=${asking} incident=${incident} action=${asking} done=${() => setAsking(null)} />`}
  </div>`;
}

/** @param {{ incident: Incident, action: Action, done: () => void }} props */
function Form({ incident, action, done }) {
  const first = useRef(/** @type {any} */ (null));
  useEffect(() => first.current?.querySelector("select, textarea")?.focus(), []);
  async function submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const outcome = String(fields.get("outcome") ?? "") || undefined;
    const note = String(fields.get("note") ?? "").trim() || undefined;
    if (await act(incident, { action, outcome, note })) done();
  }
  const escape = (/** @type {KeyboardEvent} */ event) => { if (event.key === "Escape") done(); };
  return html`<form class="action-form" ref=${first} onSubmit=${submit} onKeyDown=${escape} data-testid=${`form-${action}`}>
    ${action === "resolve" && html`<label>${t("act.outcome")}
      <select name="outcome" required data-testid="outcome-select">
        <option value="">${t("act.choose")}</option>
        ${OUTCOMES.map((outcome) => html`<option key=${outcome} value=${outcome}>${t(`outcome.${outcome}`)}</option>`)}
      </select></label>`}
    <label>${t(ASKED[action] ?? "act.note")}
      <textarea name="note" rows="2" maxlength="2000" required=${NEEDS_NOTE.includes(action)} data-testid="action-note-text"></textarea></label>
    <div class="form-buttons">
      <button type="submit" class="primary" data-testid="action-submit" disabled=${busy.value.has(incident.id)}>${
        t(action === "note" ? "act.save" : `action.${action}`)}</button>
      <button type="button" onClick=${done}>${t("act.keep_open")}</button>
    </div>
  </form>`;
}
