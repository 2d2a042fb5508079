// @ts-check
/** The assessment at the bedside: 26 items as large choices, the sum of each part as it grows, the grade with its reasons. */
import { html, useLayoutEffect, useMemo, useState } from "../html.js";
import { post } from "../api.js";
import { serverNow } from "../live/store.js";
import { t, tWord, pick } from "../language.js";
import { href } from "../router.js";
import { useRemote } from "../parts/remote.js";
import { gradeOf, partScore, recentRisks } from "./scoring.js";
import { Card, Head, Waiting, gradeName } from "./parts.js";
import { Check, Field, Refusal, Tiles, onSubmit, useForm } from "./forms.js";
import { RiskEvents } from "./risk-events.js";
import { HazardFields, hazardsOut } from "./hazards.js";
import { draft, dropDraft, keepDraft } from "./drafts.js";
import { freshId } from "./fresh-id.js";

/** @typedef {import("./scoring.js").Scale} Scale */
/** @typedef {import("./scoring.js").Health} Health */
/** @typedef {{ answers: Record<string, number>, health: Health, assessors: string, hazards: import("./hazards.js").Hazard[], request: string }} Draft */

/** @returns {Draft} */
const fresh = () => ({ answers: {}, health: { coma: false, dementia: false, mental_disorder: false, risk_events: [] }, assessors: "", hazards: [], request: freshId() });

/** @param {{ id: string }} props */
export function Assess({ id }) {
  const scale = useRemote("/care/scale");
  const person = useRemote(`/care/residents/${encodeURIComponent(id)}`);
  const known = useRemote(`/care/residents/${encodeURIComponent(id)}/risk-events`);
  if (!scale.data || !person.data) return html`<${Waiting} remote=${scale.error ? scale : person} />`;
  if (!known.data && !known.error) return html`<${Waiting} remote=${known} />`;
  return html`<${Sheet} scale=${scale.data} person=${person.data} confirmed=${(/** @type {any} */ (known.data)?.items ?? []).map((/** @type {any} */ { at, kind, incident_id }) => ({ at, kind, source: incident_id ?? "" }))} />`;
}

/** @param {{ scale: Scale, person: { id: number, name: string }, confirmed: Health["risk_events"] }} props */
function Sheet({ scale, person, confirmed }) {
  const name = `assess.${person.id}`;
  const kept = useMemo(() => /** @type {Draft | null} */ (draft(name)), []);
  const form = useForm(kept ?? { ...fresh(), health: { ...fresh().health, risk_events: confirmed } });
  const [result, setResult] = useState(/** @type {any} */ (null));
  const { answers, health } = form.values;
  useLayoutEffect(() => { if (!result) keepDraft(name, form.values); }, [form.values]);
  const graded = gradeOf(scale, answers, health, serverNow());
  const left = health.coma ? 0 : scale.parts.reduce((sum, part) => sum + partScore(part, answers).left, 0);
  const save = () => form.send(() => post(`/care/residents/${person.id}/assessments`, { ...form.values, answers: health.coma ? {} : answers, hazards: hazardsOut(form.values.hazards) }),
    (done) => { dropDraft(name); setResult(done); scrollTo(0, 0); });
  if (result) return html`<${Done} person=${person} result=${result} />`;
  const change = (/** @type {Partial<Health>} */ what) => form.set("health", { ...health, ...what });
  return html`<section class="records scrolling assess"><${Head} title=${t("assess.of", { name: person.name })} back=${[href("people", person.id), person.name]} about=${t("assess.about", { edition: scale.version })} />
    ${kept && html`<p class="kept-note" role="status">${t("assess.kept")} <button type="button" class="quiet" onClick=${() => form.all(fresh())}>${t("assess.anew")}</button></p>`}
    <form onSubmit=${onSubmit(save)} data-testid="assess-form">
      ${!health.coma && scale.parts.map((part) => html`<${PartCard} key=${part.key} part=${part} answers=${answers} answer=${(/** @type {string} */ key, /** @type {number} */ points) => form.set("answers", { ...answers, [key]: points })} />`)}
      <${Card} title=${t("assess.health")}>
        <${Check} checked=${health.coma} label=${t("assess.coma")} hint=${t("assess.coma_about")} testid="health-coma" change=${(/** @type {boolean} */ coma) => change({ coma })} />
        <${Check} checked=${health.dementia} label=${t("assess.dementia")} hint=${t("assess.dementia_about")} testid="health-dementia" change=${(/** @type {boolean} */ dementia) => change({ dementia })} />
        <${Check} checked=${health.mental_disorder} label=${t("assess.disorder")} hint=${t("assess.disorder_about")} testid="health-disorder" change=${(/** @type {boolean} */ mental_disorder) => change({ mental_disorder })} />
        <${RiskEvents} confirmed=${confirmed} events=${health.risk_events} change=${(/** @type {Health["risk_events"]} */ risk_events) => change({ risk_events })} /><//>
      <${Card} title=${t("hazard.title")}><p class="hint">${t("hazard.about")}</p><${HazardFields} hazards=${form.values.hazards} change=${(/** @type {any} */ hazards) => form.set("hazards", hazards)} /><//>
      <${Card} title=${t("assess.finish")}><${Field} form=${form} name="assessors" label=${t("assess.assessors")} hint=${t("assess.assessors_hint")} required /><//>
      <div class="assess-foot"><${Standing} scale=${scale} graded=${graded} answers=${answers} left=${left} risks=${recentRisks(health.risk_events, serverNow()).length} />
        <${Refusal} form=${form} /><button type="submit" class="primary big" disabled=${form.busy || left > 0} data-testid="assess-send">${left ? t("assess.left", { count: left }) : t("assess.send")}</button></div>
    </form></section>`;
}

/** The names of the levels: the scale's own where it has them, else what the points of such items mean. @param {import("./scoring.js").Item} item @param {string} part @param {number} points */
function levelWords(item, part, points) {
  const own = item.levels?.[points];
  if (own) return pick(own);
  const family = item.most === 4 ? (part === "self_care" || part === "mobility" ? "doing" : "mind") : `most${item.most}`;
  return tWord("level", `${family}_${points}`);
}

/** @param {{ part: import("./scoring.js").Part, answers: Record<string, number>, answer: (key: string, points: number) => void }} props */
function PartCard({ part, answers, answer }) {
  const score = partScore(part, answers);
  return html`<section class="card assess-part" data-testid=${`part-${part.key}`}><header class="part-head"><h2>${pick(part)}</h2>
      <p class="part-sum" aria-live="polite"><b data-testid=${`sum-${part.key}`}>${score.points}</b> / ${score.most} <span class="soft">${score.left ? t("assess.still", { count: score.left }) : t("assess.complete")}</span></p></header>
    ${part.items.map((item) => html`<${Tiles} key=${item.key} name=${item.key} legend=${pick(item)} value=${answers[item.key]} choose=${(/** @type {number} */ points) => answer(item.key, points)}
      options=${Array.from({ length: item.most + 1 }, (_, down) => item.most - down).map((points) => ({ value: points, label: String(points), about: levelWords(item, part.key, points) }))} />`)}</section>`;
}

/** Where it stands: always in sight. @param {{ scale: Scale, graded: ReturnType<typeof gradeOf>, answers: Record<string, number>, left: number, risks: number }} props */
function Standing({ scale, graded, answers, left, risks }) {
  const total = scale.parts.reduce((sum, part) => sum + partScore(part, answers).points, 0);
  const most = scale.parts.reduce((sum, part) => sum + partScore(part, answers).most, 0);
  return html`<p class="standing" aria-live="polite" data-testid="standing"><b>${graded ? graded.total : total}</b> / ${most}${" "}
    ${graded ? html`<strong>${gradeName(graded.grade)}</strong> <${Reasons} graded=${graded} risks=${risks} />` : html`<span class="soft">${t("assess.left", { count: left })}</span>`}</p>`;
}

/** @param {{ graded: { total: number, preliminary: number, grade: number, changes: string[] }, risks?: number }} props */
function Reasons({ graded, risks = 0 }) {
  if (!graded.changes.length) return html`<span class="soft">${t("assess.by_points", { total: graded.total })}</span>`;
  const why = graded.changes.map((change) => t(`change.${/** @type {"coma"} */ (change)}`, { count: risks })).join(", ");
  return html`<span class="soft">${t("assess.changed", { before: gradeName(graded.preliminary), why })}</span>`;
}

/** @param {{ person: { id: number, name: string }, result: { total: number, preliminary: number, grade: number, changes: string[], points: Record<string, number>, adaptations?: number[] } }} props */
function Done({ person, result }) {
  return html`<section class="records scrolling" data-testid="assess-done" data-grade=${result.grade}><${Head} title=${t("assess.done", { name: person.name })} />
    <section class="card result"><p class="headline">${gradeName(result.grade)} · ${result.total}</p><p><${Reasons} graded=${result} /></p>
      <dl class="facts inline">${Object.entries(result.points).map(([part, points]) => html`<dt key=${part}>${tWord("ability", part)}</dt><dd>${points}</dd>`)}</dl>
      ${(result.adaptations?.length ?? 0) > 0 && html`<p>${t("hazard.made", { count: result.adaptations?.length ?? 0 })}</p>`}
      <p class="form-buttons"><a class="button primary" href=${href("people", person.id)}>${t("care.to_file")}</a><a class="button" href=${href("assessments")}>${t("care.assessments")}</a></p></section></section>`;
}
