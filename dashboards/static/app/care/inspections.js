// @ts-check
/** The "double random" inspection: announced with a sealed seed, drawn from it, repeated by whoever doubts it. */
import { html, useState } from "../html.js";
import { get, post, query } from "../api.js";
import { t, tWord, language, nameOf } from "../language.js";
import { href } from "../router.js";
import { useRemote } from "../parts/remote.js";
import { dayTime } from "../format.js";
import { Card, Head, Table, Waiting, choices, useNode } from "./parts.js";
import { Field, Refusal, Tiles, onSubmit, useForm } from "./forms.js";
import { may } from "./may.js";

/** @typedef {{ id: number, subject: { kind: string, id: number, name: string }, inspectors: { id: number, name: string }[], result: string | null, note: string, at: string | null }} Task */
/** @typedef {{ id: number, station: { id: number, name: string } | null, subjects: string, number: number, each: number, seal: string, seed: string | null, announced_at?: string, drawn_at: string | null, tasks?: Task[] }} Inspection */

export function Inspections() {
  const { station, chooser } = useNode();
  const [open, setOpen] = useState(/** @type {number | null} */ (null));
  const list = useRemote(`/care/inspections${query({ station })}`);
  const items = /** @type {{ items: Inspection[] } | null} */ (list.data)?.items;
  return html`<section class="records scrolling"><${Head} title=${t("inspect.title")} back=${[href("statistics"), t("care.statistics")]} about=${t("inspect.about")}>${chooser}<//>
    <div class="cards-2">${may("inspect") && station !== null && html`<${Announce} key=${station} station=${station} done=${(/** @type {Inspection} */ made) => { list.again(); setOpen(made.id); }} />`}
      <${Card} title=${t("inspect.list")} testid="inspections"><${Waiting} remote=${list} />${items && !items.length && html`<p class="soft">${t("inspect.none")}</p>`}
        <ul class="plain">${items?.map((one) => html`<li key=${one.id}><button type="button" aria-expanded=${String(open === one.id)} onClick=${() => setOpen(one.id)}>${t("inspect.one", { number: one.number, what: tWord("subject", one.subjects) })}</button>
          <span class="soft">${nameOf(one.station)} · ${one.drawn_at ? t("inspect.drawn_at", { time: dayTime(one.drawn_at, language.value) }) : t("inspect.not_drawn")}</span></li>`)}</ul><//>
      ${open !== null && html`<${Opened} key=${open} id=${open} changed=${list.again} />`}</div></section>`;
}

/** @param {{ station: number, done: (made: Inspection) => void }} props */
function Announce({ station, done }) {
  const form = useForm({ subjects: "home", number: "5", each: "2" });
  const save = () => form.send(() => post("/care/inspections", { station_id: station, subjects: form.values.subjects, number: Number(form.values.number), each: Number(form.values.each) }), done);
  return html`<${Card} title=${t("inspect.announce")}><form onSubmit=${onSubmit(save)} data-testid="announce-form"><div class="form-grid"><${Field} form=${form} name="subjects" label=${t("inspect.what")} options=${choices("subject", ["home", "provider", "station"])} />
      <${Field} form=${form} name="number" label=${t("inspect.number")} type="number" min="1" max="1000" required /><${Field} form=${form} name="each" label=${t("inspect.each")} type="number" min="1" max="5" required /></div>
    <${Refusal} form=${form} /><button type="submit" class="primary" disabled=${form.busy} data-testid="announce">${t("inspect.announce")}</button></form><//>`;
}

/** @param {{ id: number, changed: () => void }} props */
function Opened({ id, changed }) {
  const remote = useRemote(`/care/inspections/${id}`);
  const one = /** @type {Inspection | null} */ (remote.data);
  const form = useForm({});
  const [same, setSame] = useState(/** @type {boolean | null} */ (null));
  const draw = () => form.send(() => post(`/care/inspections/${id}/draw`, {}), () => { remote.again(); changed(); });
  const verify = () => form.send(() => get(`/care/inspections/${id}/verify`), (found) => setSame(found.same));
  if (!one) return html`<${Waiting} remote=${remote} />`;
  return html`<${Card} title=${t("inspect.one", { number: one.number, what: tWord("subject", one.subjects) })} wide testid="inspection">
    <dl class="facts"><dt>${t("inspect.seal")}</dt><dd><code class="topic" data-testid="seal">${one.seal}</code></dd>${one.seed && html`<dt>${t("inspect.seed")}</dt><dd><code class="topic" data-testid="seed">${one.seed}</code></dd>`}</dl><p class="hint">${t("inspect.seal_about")}</p>
    <p class="form-buttons">${!one.drawn_at && html`<button type="button" class="primary" disabled=${form.busy} onClick=${draw} data-testid="draw">${t("inspect.draw")}</button>`}
      ${one.drawn_at && html`<button type="button" disabled=${form.busy} onClick=${verify} data-testid="verify">${t("inspect.verify")}</button>`}</p>
    <p role="status" data-testid="verified" class=${same === false ? "alarming" : "given"}>${same === null ? "" : t(same ? "inspect.same" : "inspect.other")}</p><${Refusal} form=${form} />
    ${(one.tasks?.length ?? 0) > 0 && html`<${Table} label=${t("inspect.tasks")} heads=${[t("inspect.what"), t("inspect.who"), t("inspect.result")]} rows=${(one.tasks ?? []).map((task) => [task.subject.name, task.inspectors.map(({ name }) => name).join(", "),
      html`<${Result} key=${task.id} inspection=${id} task=${task} done=${remote.again} />`])} />`}<//>`;
}

/** @param {{ inspection: number, task: Task, done: () => void }} props */
function Result({ inspection, task, done }) {
  const form = useForm({ result: "good", note: "" });
  if (task.result) return html`<span><strong>${tWord("verdict", task.result)}</strong> ${task.note} <span class="soft">${task.at ? dayTime(task.at, language.value) : ""}</span></span>`;
  const save = () => form.send(() => post(`/care/inspections/${inspection}/tasks/${task.id}/result`, form.values), done);
  return html`<details><summary>${t("inspect.write")}</summary><form class="small-form" onSubmit=${onSubmit(save)}><${Tiles} name=${`result-${task.id}`} legend=${t("inspect.result")} value=${form.values.result} choose=${(/** @type {string} */ result) => form.set("result", result)}
      options=${["good", "faults"].map((value) => ({ value, label: tWord("verdict", value) }))} /><${Field} form=${form} name="note" label=${t("care.note")} required=${form.values.result === "faults"} /><${Refusal} form=${form} /><button type="submit" disabled=${form.busy}>${t("care.save")}</button></form></details>`;
}
