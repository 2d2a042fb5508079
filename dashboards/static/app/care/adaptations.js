// @ts-check
/** Making homes safer: tasks from hazards, with a picture before and after. */
import { html, useState } from "../html.js";
import { post, query } from "../api.js";
import { t, tWord, pick } from "../language.js";
import { href } from "../router.js";
import { usePolled } from "../parts/remote.js";
import { Head, PersonLink, Waiting, named, useNode } from "./parts.js";
import { Field, Refusal, onSubmit, useForm } from "./forms.js";
import { addDays } from "./calendar.js";
import { today } from "./today.js";
import { Pictures } from "./pictures.js";

/** @typedef {{ id: number, version: number, resident: { id: number, name: string }, home: { id: number, address: string } | null, station: { id: number, name: string }, kind: string, text: { zh: string, en: string }, room: string, note: string,
 *   source: unknown, state: string, planned_for: string | null, allowed: string[], photos?: { id: string, taken_at: string, phase: "before" | "after" }[] }} Adaptation */

const STATES = /** @type {const} */ (["open", "planned", "done", "checked"]);
const REFRESH_MS = 60_000;

export function Adaptations() {
  const { station, chooser } = useNode({ any: true });
  const [state, setState] = useState("");
  const remote = usePolled(`/care/adaptations${query({ station, state })}`, REFRESH_MS);
  const items = /** @type {{ items: Adaptation[] } | null} */ (remote.data)?.items;
  return html`<section class="records scrolling"><${Head} title=${t("care.adaptations")} back=${[href("more"), t("care.more")]} about=${t("hazard.about")}>
      <label>${t("care.state")}<select value=${state} onChange=${(/** @type {any} */ event) => setState(event.target.value)}><option value="">${t("people.any")}</option>${STATES.map((each) => html`<option key=${each} value=${each}>${tWord("adaptation", each)}</option>`)}</select></label>${chooser}<//>
    <${Waiting} remote=${remote} />${items && !items.length && html`<p class="empty" data-testid="adaptations-none">${t("hazard.none")}</p>`}
    <ul class="task-cards" data-testid="adaptations">${items?.map((task) => html`<${Task} key=${`${task.id} ${task.version}`} task=${task} again=${remote.again} />`)}</ul></section>`;
}

/** @param {{ task: Adaptation, again: () => void }} props */
function Task({ task, again }) {
  const form = useForm({ planned_for: task.planned_for ?? addDays(today(), 7), note: "" });
  const act = (/** @type {string} */ action) => form.send(() => post(`/care/adaptations/${task.id}/actions`, { action, version: task.version, ...(form.values.note ? { note: form.values.note } : {}), ...(action === "plan" ? { planned_for: form.values.planned_for } : {}) }), again);
  return html`<li class="card task-card" data-testid="adaptation" data-state=${task.state}><p class="task-head-line"><strong>${pick(task.text)}</strong> <span class="chip">${tWord("adaptation", task.state)}</span></p>
    <p><${PersonLink} one=${task.resident} /> <span class="soft">${[task.room && named("room", task.room), task.home?.address].filter(Boolean).join(" · ")}</span></p>
    ${task.note && html`<p class="written">${task.note}</p>`}${task.planned_for && html`<p class="soft">${t("hazard.planned_for", { day: task.planned_for })}</p>`}
    <${Pictures} subject=${`adaptation:${task.id}`} />
    ${task.allowed.length > 0 && html`<form class="small-form" onSubmit=${onSubmit(() => {})}>
      ${task.allowed.includes("plan") && html`<${Field} form=${form} name="planned_for" label=${t("hazard.day")} type="date" />`}<${Field} form=${form} name="note" label=${t("care.note")} />
      <p class="form-buttons">${task.allowed.map((action, i) => html`<button key=${action} type="button" class=${i ? "" : "primary"} disabled=${form.busy} onClick=${() => act(action)} data-testid=${`task-${action}`}>${tWord("mend", action)}</button>`)}</p></form>`}
    <${Refusal} form=${form} /></li>`;
}
