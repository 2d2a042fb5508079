// @ts-check
/** A visit written down where it was made: on a phone, standing, in a few presses. */
import { html, useLayoutEffect, useMemo, useState } from "../html.js";
import { post, query } from "../api.js";
import { t, tWord, language } from "../language.js";
import { href } from "../router.js";
import { useRemote } from "../parts/remote.js";
import { dayTime } from "../format.js";
import { WAYS } from "./kinds.js";
import { Card, Head, Traits, Waiting, hours } from "./parts.js";
import { Field, Refusal, Tiles, onSubmit, useForm } from "./forms.js";
import { HazardFields, hazardsOut } from "./hazards.js";
import { draft, dropDraft, keepDraft } from "./drafts.js";
import { freshId } from "./fresh-id.js";
import { Pictures } from "./pictures.js";

const MINUTES = [10, 20, 30, 45, 60, 90];

/** @param {{ id: string }} props */
export function Visit({ id }) {
  const person = useRemote(`/care/residents/${encodeURIComponent(id)}`);
  const before = useRemote(`/care/visits${query({ resident: id, limit: 1 })}`);
  if (!person.data || !before.data) return html`<${Waiting} remote=${person.error ? person : before} />`;
  return html`<${Sheet} person=${person.data} last=${/** @type {any} */ (before.data).items[0] ?? null} />`;
}

/** @param {{ person: import("./person.js").File, last: import("./person-past.js").VisitDone | null }} props */
function Sheet({ person, last }) {
  const name = `visit.${person.id}`;
  const form = useForm(useMemo(() => draft(name) ?? { result: "", way: "home", minutes: 20, note: "", hazards: [], incident: "", request: freshId() }, []));
  const [done, setDone] = useState(/** @type {any} */ (null));
  const { values } = form;
  useLayoutEffect(() => { if (!done) keepDraft(name, values); }, [values]);
  const save = (again = false) => form.send(() => post("/care/visits", {
    resident_id: person.id, result: values.result, way: values.way, minutes: values.minutes, note: values.note, seen: last?.id ?? null, request: values.request, again,
    hazards: hazardsOut(values.hazards), ...(values.result === "problem" && values.incident ? { incident: { kind: values.incident, note: values.note } } : {}) }),
  (made) => { dropDraft(name); setDone(made); scrollTo(0, 0); });
  if (done) return html`<${Recorded} person=${person} visit=${done} />`;
  const results = [{ value: "well", label: t("result.well"), look: "is-good" }, { value: "problem", label: t("result.problem"), look: "is-bad" }, { value: "not_met", label: t("result.not_met"), look: "is-plain" }];
  return html`<section class="records scrolling visit-sheet"><${Head} title=${person.name} back=${[href("visits"), t("visit.due_title")]}><${Traits} one=${person} /><//>
    <${Before} person=${person} last=${last} />
    <form onSubmit=${onSubmit(() => save())} data-testid="visit-form">
      <${Tiles} name="result" legend=${t("visit.found")} value=${values.result} choose=${(/** @type {string} */ result) => form.set("result", result)} options=${results} />
      ${values.result === "problem" && html`<${Problem} form=${form} />`}
      <${Field} form=${form} name="note" label=${t("care.note")} rows=${3} hint=${values.result === "problem" ? t("visit.note_problem") : ""} required=${values.result === "problem"} />
      <${Tiles} name="way" legend=${t("visit.way")} value=${values.way} choose=${(/** @type {string} */ way) => form.set("way", way)} options=${WAYS.map((way) => ({ value: way, label: tWord("way", way) }))} />
      ${values.result !== "not_met" && html`<${Tiles} name="minutes" short legend=${t("visit.minutes")} value=${values.minutes} choose=${(/** @type {number} */ minutes) => form.set("minutes", minutes)} options=${MINUTES.map((each) => ({ value: each, label: String(each) }))} />
        <details><summary>${t("hazard.title")}${values.hazards.length ? ` (${values.hazards.length})` : ""}</summary><${HazardFields} hazards=${values.hazards} change=${(/** @type {any} */ hazards) => form.set("hazards", hazards)} /></details>`}
      ${form.problem?.code === "visited-already" ? html`<${Already} visit=${form.problem.body.visit} again=${() => save(true)} busy=${form.busy} />` : html`<${Refusal} form=${form} />`}
      <button type="submit" class="primary big" disabled=${form.busy || !values.result} data-testid="visit-send">${values.result ? t("visit.send") : t("visit.choose")}</button>
      <p class="soft">${t("visit.photo_later")}</p>
    </form></section>`;
}

/** A problem may need somebody at once. @param {{ form: import("./forms.js").Form<any> }} props */
function Problem({ form }) {
  return html`<${Tiles} name="incident" legend=${t("visit.alarm")} hint=${t("visit.alarm_about")} value=${form.values.incident} choose=${(/** @type {string} */ kind) => form.set("incident", kind)}
    options=${[["", "visit.alarm_no"], ["fall", "visit.alarm_fall"], ["sos", "visit.alarm_sos"], ["other", "visit.alarm_other"]].map(([value, key]) => ({ value, label: t(/** @type {"visit.alarm_no"} */ (key)) }))} />`;
}

/** What one should know at the door. @param {{ person: import("./person.js").File, last: import("./person-past.js").VisitDone | null }} props */
function Before({ person, last }) {
  return html`<section class="card before-visit"><p>${person.home?.address ?? ""}</p>${person.key_note && html`<p class="written">${person.key_note}</p>`}
    ${person.risks && html`<p class="risks">${person.risks}</p>`}
    <p class="soft">${last ? t("visit.last", { result: tWord("result", last.result), time: dayTime(last.at, language.value), who: last.visitor?.name ?? "–" }) : t("visit.none_yet")}${last?.note ? ` · ${last.note}` : ""}</p>
    <p><a href=${href("people", person.id)}>${t("care.to_file")}</a></p></section>`;
}

/** Somebody else was there meanwhile. @param {{ visit: import("./person-past.js").VisitDone | null, again: () => void, busy: boolean }} props */
function Already({ visit, again, busy }) {
  return html`<div role="alert" class="already"><p class="refusal">${t("visit.already", { who: visit?.visitor?.name ?? "–", time: visit ? dayTime(visit.at, language.value) : "" })}</p>
    <button type="button" disabled=${busy} onClick=${again} data-testid="visit-again">${t("visit.also")}</button></div>`;
}

/** @param {{ person: { id: number, name: string }, visit: { id: number, result: string, minutes: number, incident_id?: string | null, adaptations?: number[] } }} props */
function Recorded({ person, visit }) {
  return html`<section class="records scrolling visit-sheet" data-testid="visit-done" data-visit=${visit.id}><${Head} title=${t("visit.recorded", { name: person.name })} />
    <section class="card result"><p class="headline">${tWord("result", visit.result)}${visit.minutes ? ` · ${hours(visit.minutes)}` : ""}</p>
      ${visit.incident_id && html`<p class="alarming">${t("visit.alarm_raised")}</p>`}
      ${(visit.adaptations?.length ?? 0) > 0 && html`<p>${t("hazard.made", { count: visit.adaptations?.length ?? 0 })}</p>`}</section>
    <${Card} title=${t("visit.photos")}><${Pictures} subject=${`visit:${visit.id}`} /><//>
    <p class="form-buttons"><a class="button primary" href=${href("visits")} data-testid="to-next">${t("visit.next")}</a><a class="button" href=${href("people", person.id)}>${t("care.to_file")}</a></p></section>`;
}
