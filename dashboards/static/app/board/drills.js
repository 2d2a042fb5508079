// @ts-check
/** Rehearsals through the real path, and the daily self-test. */
import { html, useState } from "../html.js";
import { post } from "../api.js";
import { t, tWord, language, teach } from "../language.js";
import { STATION } from "../../messages/station.js";
import { INCIDENT } from "../../messages/incident.js";
import { dayTime, seconds } from "../format.js";
import { href } from "../router.js";
import { problemWords } from "../wording.js";
import { usePolled, useRemote } from "../parts/remote.js";
import { isAdministrator, useStation } from "./station-choice.js";

teach(STATION);
teach(INCIDENT);

/** @typedef {import("../../../types/contract.js").Drill} Drill */
/** @typedef {import("../../../types/contract.js").SelfTest} SelfTest */

/** @param {{ ok: boolean | null }} props */
const Mark = ({ ok }) => html`<span class=${ok === null ? "soft" : ok ? "is-well" : "alarming"}>${t(ok === null ? "drills.running" : ok ? "drills.passed" : "drills.failed")}</span>`;

export function Drills() {
  const { station, chooser } = useStation();
  const { data, error, again } = usePolled("/drills", 5_000);
  const list = /** @type {{ items: Drill[], scenarios?: string[] } | null} */ (data);
  return html`<section class="records scrolling"><header class="records-head"><h1>${t("drills.title")}</h1>${chooser}</header>
    ${error && !list && html`<p class="empty" role="alert">${error.status === 404 ? t("page.unavailable") : problemWords(error)}</p>`}
    <div class="cards-2" data-testid="drills">
      ${list && isAdministrator() && station !== null && html`<${Start} station=${station} scenarios=${list?.scenarios ?? ["fall", "sos", "smoke"]} started=${again} />`}
      <${SelfTests} />
      ${list && html`<section class="card wide"><h2>${t("drills.list")}</h2>
        ${!list.items.length && html`<p class="soft">${t("drills.none")}</p>`}
        <ul class="plain">${list.items.map((one) => html`<${Row} key=${one.id} one=${one} />`)}</ul></section>`}
    </div></section>`;
}

/** @param {{ station: number, scenarios: string[], started: () => void }} props */
function Start({ station, scenarios, started }) {
  const [problem, say] = useState("");
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const scenario = new FormData(/** @type {HTMLFormElement} */ (event.target)).get("scenario");
    post("/drills", { station_id: station, scenario }).then(() => { say(""); started(); }, (error) => say(problemWords(error)));
  };
  return html`<section class="card"><h2>${t("drills.start")}</h2><form class="form-grid" onSubmit=${submit} data-testid="drill-start">
    <label>${t("drills.scenario")}<select name="scenario">${scenarios.map((one) => html`<option key=${one} value=${one}>${tWord("scenario", one)}</option>`)}</select></label>
    <button type="submit" class="primary">${t("drills.start")}</button></form>
    <p class="soft">${t("drills.warn")}</p><p role="alert" class="refusal">${problem}</p></section>`;
}

/** @param {{ one: Drill }} props */
function Row({ one }) {
  const [open, setOpen] = useState(false);
  return html`<li data-testid="drill" data-passed=${String(one.passed)}><p class="drill-line"><strong>${tWord("scenario", one.scenario)}</strong> ${one.station?.name ?? ""}${" "}
      <span class="soft">${dayTime(one.started_at, language.value)} ${one.started_by?.name ?? ""}</span> <${Mark} ok=${one.passed ?? null} />
      ${one.incident_id && html`<a href=${href("incident", one.incident_id)}>${t("nav.queue")}</a>`}
      <button type="button" class="quiet" aria-expanded=${String(open)} onClick=${() => setOpen(!open)}>${t("drills.report")}</button></p>
    ${open && html`<${ReportOf} id=${one.id} />`}</li>`;
}

/** @param {{ id: number }} props */
function ReportOf({ id }) {
  const { data, error } = useRemote(`/drills/${id}`);
  if (!data) return html`<p class="soft">${error ? problemWords(error) : t("app.loading")}</p>`;
  const steps = /** @type {Drill} */ (data).steps ?? [];
  return html`<ol class="drill-steps">${steps.map((step) => html`<li key=${step.name}>${step.ok === null ? html`<span class="soft">${t("drills.awaited")}</span>` : html`<${Mark} ok=${step.ok} />`} ${tWord("drillstep", step.name)}${" "}
    <span class="soft">${[step.after_s !== null && seconds(step.after_s, language.value), step.target_s !== null && t("drills.target", { time: seconds(step.target_s, language.value) }), step.actor?.name].filter(Boolean).join(" · ")}</span></li>`)}</ol>`;
}

function SelfTests() {
  const { data } = usePolled("/self-tests", 60_000);
  const tests = /** @type {{ items: SelfTest[] } | null} */ (data)?.items;
  if (!tests) return null;
  return html`<section class="card" data-testid="self-tests"><h2>${t("drills.tests")}</h2>
    ${!tests.length && html`<p class="soft">${t("drills.no_tests")}</p>`}
    <ul class="plain">${tests.slice(0, 10).map((one) => html`<li key=${one.station.id + one.at}><${Mark} ok=${one.ok} /> ${one.station.name}${" "}
      <span class="soft">${dayTime(one.at, language.value)} ${one.took_ms != null ? seconds(one.took_ms / 1000, language.value) : ""} ${one.detail ?? ""}</span></li>`)}</ul></section>`;
}
