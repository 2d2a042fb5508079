// @ts-check
/** Taking many people in from a sheet: every problem is shown first, nobody is taken in before somebody accepts. */
import { html, useEffect, useRef, useState } from "../html.js";
import { get, post, remove } from "../api.js";
import { t, pick, language } from "../language.js";
import { href } from "../router.js";
import { usePaged } from "../parts/paged.js";
import { useRemote } from "../parts/remote.js";
import { dayTime } from "../format.js";
import { problemWords } from "../wording.js";
import { Card, Figure, Head, Table, named } from "./parts.js";

/** @typedef {{ id: number, name: string, state: "checking" | "ready" | "accepting" | "done" | "failed" | "dropped", rows: number, people: number, problems: number, done: number, ignored: string[], at: string, why: string }} Intake */

const ASK_MS = 700;

/** Follows an intake until it rests. @param {number | null} id */
function useIntake(id) {
  const [intake, set] = useState(/** @type {Intake | null} */ (null));
  useEffect(() => {
    if (id === null) return set(null);
    let ended = false;
    const ask = () => get(`/care/intakes/${id}`).then((now) => { if (!ended) set(now); }, () => {});
    ask();
    const timer = setInterval(ask, ASK_MS);
    return () => { ended = true; clearInterval(timer); };
  }, [id, intake?.state === "checking" || intake?.state === "accepting" ? "moving" : "resting"]);
  return { intake, set };
}

export function Import() {
  const [chosen, choose] = useState(/** @type {number | null} */ (null));
  const [problem, setProblem] = useState("");
  const [sending, setSending] = useState(false);
  const { intake, set } = useIntake(chosen);
  async function take(/** @type {File | undefined} */ file) {
    if (!file) return;
    setSending(true);
    setProblem("");
    try {
      const made = await post(`/care/intakes?name=${encodeURIComponent(file.name)}`, file);
      set(made);
      choose(made.id);
    } catch (error) {
      setProblem(problemWords(error));
    } finally {
      setSending(false);
    }
  }
  return html`<section class="records scrolling"><${Head} title=${t("import.title")} back=${[href("people"), t("care.people")]} about=${t("import.about")} />
    <div class="cards-2">
      ${!intake && html`<${Choose} take=${take} sending=${sending} problem=${problem} />`}
      ${intake && html`<${Shown} key=${intake.id} intake=${intake} set=${set} away=${() => choose(null)} />`}
      ${!intake && html`<${Columns} /><${Earlier} choose=${choose} />`}
    </div></section>`;
}

/** @param {{ take: (file: File | undefined) => void, sending: boolean, problem: string }} props */
function Choose({ take, sending, problem }) {
  const input = useRef(/** @type {any} */ (null));
  const [over, setOver] = useState(false);
  const drop = (/** @type {any} */ event) => { event.preventDefault(); setOver(false); take(event.dataTransfer.files[0]); };
  return html`<section class=${`card wide drop ${over ? "is-over" : ""}`} onDragOver=${(/** @type {Event} */ event) => { event.preventDefault(); setOver(true); }} onDragLeave=${() => setOver(false)} onDrop=${drop}>
    <h2>${t("import.choose")}</h2><p>${t("import.choose_about")}</p>
    <input type="file" class="unseen" tabindex="-1" aria-label=${t("import.choose")} accept=".csv,.xlsx,.xlsm,.txt,text/csv" ref=${input} data-testid="import-file" onChange=${(/** @type {any} */ event) => take(event.target.files[0])} />
    <p><button type="button" class="primary" disabled=${sending} onClick=${() => input.current.click()}>${sending ? t("import.sending") : t("import.choose")}</button></p>
    <p role="alert" class="refusal">${problem}</p></section>`;
}

/** @param {{ intake: Intake, set: (now: Intake) => void, away: () => void }} props */
function Shown({ intake, set, away }) {
  const [problem, setProblem] = useState("");
  const { id, state } = intake;
  const failed = (/** @type {any} */ error) => setProblem(problemWords(error));
  const accept = () => post(`/care/intakes/${id}/accept`, {}).then((now) => set(now ?? { ...intake, state: "accepting" }), failed);
  const drop = () => remove(`/care/intakes/${id}`).then(away, failed);
  return html`<section class="card wide" data-testid="intake" data-state=${state} aria-live="polite"><h2>${intake.name}</h2>
      <div class="figures"><${Figure} value=${intake.rows} label=${t("import.rows")} /><${Figure} value=${intake.people} label=${t("import.people")} testid="import-people" />
        <${Figure} value=${intake.problems} label=${t("import.problems")} look=${intake.problems ? "warm" : ""} testid="import-problems" /></div>
      ${intake.ignored.length > 0 && html`<p class="soft">${t("import.ignored", { columns: intake.ignored.join(", ") })}</p>`}
      ${(state === "checking" || state === "accepting") && html`<p>${t(`intake.${state}`)} <progress max=${Math.max(state === "checking" ? intake.rows : intake.people, 1)} value=${intake.done} aria-label=${t(`intake.${state}`)}></progress> ${intake.done}</p>`}
      ${state === "ready" && html`<p>${t(intake.problems ? "import.ready_some" : "import.ready", { people: intake.people })}</p>`}
      ${state === "done" && html`<p class="given" data-testid="import-done"><strong>${t("import.done", { people: intake.done })}</strong></p>`}
      ${state === "failed" && html`<p role="alert" class="refusal">${t("import.failed")} ${intake.why}</p>`}
      <p role="alert" class="refusal">${problem}</p>
      <p class="form-buttons">${state === "ready" && html`<button type="button" class="primary" disabled=${!intake.people} onClick=${accept} data-testid="import-accept">${t("import.accept", { people: intake.people })}</button>
          <button type="button" onClick=${drop}>${t("import.drop")}</button>`}
        ${(state === "done" || state === "failed" || state === "dropped") && html`<a class="button primary" href=${href("people")}>${t("care.people")}</a><button type="button" onClick=${away}>${t("import.another")}</button>`}</p></section>
    ${intake.problems > 0 && state !== "checking" && html`<${Problems} id=${id} />`}`;
}

/** @param {{ id: number }} props */
function Problems({ id }) {
  const list = /** @type {ReturnType<typeof usePaged<{ line: number, column: string, text: { zh: string, en: string } }>>} */ (usePaged(`/care/intakes/${id}/problems`));
  return html`<${Card} title=${t("import.problem_rows")} wide testid="import-problem-rows"><${Table} label=${t("import.problem_rows")} heads=${[t("import.line"), t("import.column"), t("import.why")]}
      rows=${list.items.map((one) => [one.line, named("column", one.column), html`<span class="reason">${pick(one.text)}</span>`])} />
    ${list.next && html`<p><button type="button" onClick=${list.more}>${t("app.more")}</button></p>`}<//>`;
}

function Columns() {
  const { data } = useRemote("/care/intakes/columns");
  const items = /** @type {any} */ (data)?.items ?? [];
  if (!items.length) return null;
  return html`<${Card} title=${t("import.columns")}><p class="soft">${t("import.columns_about")}</p><${Table} label=${t("import.columns")} heads=${[t("import.column"), t("import.headings")]}
    rows=${items.map((/** @type {any} */ one) => [named("column", one.column), (one.headings ?? []).join(" · ")])} /><//>`;
}

/** @param {{ choose: (id: number) => void }} props */
function Earlier({ choose }) {
  const { data } = useRemote("/care/intakes");
  const items = /** @type {{ items: Intake[] } | null} */ (data)?.items ?? [];
  if (!items.length) return null;
  return html`<${Card} title=${t("import.earlier")}><ul class="plain">${items.map((one) => html`<li key=${one.id}><button type="button" class="quiet" onClick=${() => choose(one.id)}>${one.name}</button>
    <span class="soft">${dayTime(one.at, language.value)} · ${t(`intake.${one.state}`)} · ${one.people} / ${one.rows}</span></li>`)}</ul><//>`;
}
