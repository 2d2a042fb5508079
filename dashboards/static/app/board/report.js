// @ts-check
/** An incident that a person noticed: a call, a visit, a neighbour at the door. */
import { html, useEffect, useRef, useState } from "../html.js";
import { get, post, query } from "../api.js";
import { learn } from "../live/store.js";
import { t, teach } from "../language.js";
import { INCIDENT } from "../../messages/incident.js";
import { STATION } from "../../messages/station.js";
import { KINDS as KIND_WORDS } from "../../messages/kinds.js";
import { go } from "../router.js";
import { freshId } from "../care/fresh-id.js";
import { problemWords } from "../wording.js";

teach(INCIDENT);
teach(STATION);
teach(KIND_WORDS);

const KINDS = /** @type {const} */ (["sos", "fall", "inactivity", "other"]);

/** @typedef {import("../../../types/contract.js").Resident} Resident */

/** @param {{ resident?: { id: number, name: string } | null }} props  already known on a resident's page */
export function Report({ resident = null }) {
  const [open, setOpen] = useState(false);
  if (!open) return html`<button type="button" data-testid="report-open" onClick=${() => setOpen(true)}>${t("report.open")}</button>`;
  return html`<${Form} resident=${resident} done=${() => setOpen(false)} />`;
}

/** @param {{ resident: { id: number, name: string } | null, done: () => void }} props */
function Form({ resident, done }) {
  const [chosen, choose] = useState(resident);
  const [problem, setProblem] = useState("");
  const form = useRef(/** @type {any} */ (null));
  const request = useRef(freshId()); // pressed twice, or sent again after no answer: one incident
  useEffect(() => form.current?.querySelector("input, select")?.focus(), []);
  async function submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    try {
      const made = await post("/incidents", { kind: fields.get("kind"), resident_id: chosen?.id, note: String(fields.get("note")).trim(), request: request.current });
      learn(made);
      done();
      go("incident", made.id);
    } catch (error) {
      setProblem(problemWords(error));
    }
  }
  return html`<form class="action-form report" ref=${form} onSubmit=${submit} data-testid="report-form"><h3>${t("report.title")}</h3>
    ${resident ? html`<p><strong>${resident.name}</strong></p>` : html`<${Whom} chosen=${chosen} choose=${choose} />`}
    <label>${t("report.kind")}<select name="kind" required>${KINDS.map((kind) => html`<option key=${kind} value=${kind}>${t(`kind.${kind}`)}</option>`)}</select></label>
    <label>${t("report.note")}<textarea name="note" rows="2" maxlength="2000" required></textarea></label>
    <p role="alert" class="refusal">${problem}</p>
    <div class="form-buttons"><button type="submit" class="primary" data-testid="report-send" disabled=${!chosen}>${t("report.send")}</button>
      <button type="button" onClick=${done}>${t("report.leave")}</button></div></form>`;
}

/** @param {{ chosen: { id: number, name: string } | null, choose: (one: Resident | null) => void }} props */
function Whom({ chosen, choose }) {
  const [found, setFound] = useState(/** @type {Resident[] | null} */ (null));
  const latest = useRef("");
  async function look(/** @type {any} */ event) {
    const q = latest.current = event.target.value.trim();
    choose(null);
    if (!q) return setFound(null);
    const page = await get(`/residents${query({ q, limit: 6 })}`).catch(() => ({ items: [] }));
    if (latest.current === q) setFound(page.items);
  }
  return html`<label>${t("report.who")}<input type="search" autocomplete="off" data-testid="report-who" onInput=${look} /></label>
    ${chosen && html`<p><strong>${chosen.name}</strong></p>`}
    ${!chosen && found && html`<ul class="plain" data-testid="report-found">${found.map((one) => html`<li key=${one.id}>
      <button type="button" class="quiet" onClick=${() => choose(one)}>${one.name} <span class="soft">${one.home?.address ?? ""}</span></button></li>`)}
      ${!found.length && html`<li class="soft">${t("report.none")}</li>`}</ul>`}`;
}
