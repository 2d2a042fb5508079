// @ts-check
/** What was done for a person: visits, assessments, orders, adaptations, major changes. */
import { html } from "../html.js";
import { post, query } from "../api.js";
import { t, tWord, language, pick, nameOf } from "../language.js";
import { href } from "../router.js";
import { useRemote } from "../parts/remote.js";
import { dayTime } from "../format.js";
import { Card, Table, gradeName, hours, money, named } from "./parts.js";
import { Field, Refusal, onSubmit, useForm } from "./forms.js";
import { may } from "./may.js";

/** @typedef {import("./person.js").File} File */
/** @typedef {{ id: number, at: string, way: string, result: string, note: string, minutes: number, visitor: { id: number, name: string } | null, replaced_by: number | null, confirmed_by: unknown }} VisitDone */

/** @param {string} instant */
const when = (instant) => dayTime(instant, language.value);

/** @param {{ one: File }} props */
export function VisitsOf({ one }) {
  const { data, again } = useRemote(`/care/visits${query({ resident: one.id, limit: 10 })}`);
  const items = /** @type {{ items: VisitDone[] } | null} */ (data)?.items;
  const form = useForm({});
  const confirm = (/** @type {number} */ id) => form.send(() => post(`/care/visits/${id}/confirm`, {}), again);
  return html`<${Card} title=${t("care.visits")} testid="visits-done">${items && !items.length && html`<p class="soft">${t("visit.none_yet")}</p>`}
    <ul class="plain past">${items?.map((visit) => html`<li key=${visit.id} class=${visit.replaced_by ? "is-replaced" : ""}><span class=${`chip result-${visit.result}`}>${tWord("result", visit.result)}</span>
      <span><strong>${when(visit.at)}</strong> <span class="soft">${tWord("way", visit.way)} · ${visit.visitor?.name ?? ""}${visit.minutes ? ` · ${hours(visit.minutes)}` : ""}</span>
      ${visit.note && html`<br /><span class="written">${visit.note}</span>`}${visit.replaced_by && html`<br /><span class="soft">${t("visit.replaced")}</span>`}</span>
      ${may("set_care") && visit.visitor && !visit.confirmed_by && !visit.replaced_by && html`<button type="button" class="quiet" disabled=${form.busy} onClick=${() => confirm(visit.id)} title=${t("visit.confirm_about")}>${t("visit.confirm")}</button>`}
      ${visit.confirmed_by && html`<span class="soft">✓ ${t("visit.confirmed")}</span>`}</li>`)}</ul><${Refusal} form=${form} /><//>`;
}

/** @param {{ one: File }} props */
export function Assessments({ one }) {
  const { data } = useRemote(`/care/residents/${one.id}/assessments`);
  const items = /** @type {{ items: { id: number, at: string, total: number, preliminary: number, grade: number, changes: string[], assessors: string }[] } | null} */ (data)?.items;
  return html`<${Card} title=${t("care.assessments")} testid="assessments">${items && !items.length && html`<p class="soft">${t("assess.none_yet")}</p>`}
    ${items && items.length > 0 && html`<${Table} label=${t("care.assessments")} heads=${[t("assess.at"), t("assess.total"), t("assess.grade"), t("assess.changes"), t("assess.by")]}
      rows=${items.map((done) => [when(done.at), done.total, gradeName(done.grade), done.changes.map((why) => tWord("change", why)).join(", ") || "–", done.assessors || "–"])} />`}<//>`;
}

/** @param {{ one: File }} props */
export function Orders({ one }) {
  const { data } = useRemote(`/care/orders${query({ resident: one.id, limit: 10 })}`);
  const items = /** @type {{ items: import("./order.js").OrderOut[] } | null} */ (data)?.items;
  return html`<${Card} title=${t("care.services")} testid="orders">${items && !items.length && html`<p class="soft">${t("service.none_yet")}</p>`}
    <ul class="plain past">${items?.map((order) => html`<li key=${order.id}><span class=${`chip order-${order.state}`}>${tWord("order", order.state)}</span>
      <span><a href=${href("services", order.id)}>${nameOf(order.service)}</a> <span class="soft">${when(order.wanted_at)} · ${money(order.pays_fen)}</span></span></li>`)}</ul><//>`;
}

/** @param {{ one: File }} props */
export function Adaptations({ one }) {
  const { data } = useRemote(`/care/adaptations${query({ resident: one.id })}`);
  const items = /** @type {{ items: import("./adaptations.js").Adaptation[] } | null} */ (data)?.items;
  if (!items?.length) return null;
  return html`<${Card} title=${t("care.adaptations")}><ul class="plain past">${items.map((task) => html`<li key=${task.id}><span class="chip">${tWord("adaptation", task.state)}</span>
    <span><strong>${pick(task.text)}</strong> <span class="soft">${task.room && named("room", task.room)}</span></span></li>`)}</ul><p><a href=${href("adaptations")}>${t("care.adaptations")}</a></p><//>`;
}

/** Out of hospital, a bereavement: somebody must look within hours. @param {{ one: File }} props */
export function Changes({ one }) {
  const { data, again } = useRemote(`/care/residents/${one.id}/changes`);
  const items = /** @type {{ items: { id: number, at: string, what: string }[] } | null} */ (data)?.items ?? [];
  const form = useForm({ what: "" });
  const save = () => form.send(() => post(`/care/residents/${one.id}/changes`, { what: form.values.what }), () => { form.set("what", ""); again(); });
  return html`<${Card} title=${t("person.changes")}><ul class="plain">${items.map((change) => html`<li key=${change.id}>${change.what} <span class="soft">${when(change.at)}</span></li>`)}</ul>
    ${may("set_care") && html`<form class="small-form" onSubmit=${onSubmit(save)}><${Field} form=${form} name="what" label=${t("person.change_note")} hint=${t("person.change_hint")} required />
      <${Refusal} form=${form} /><button type="submit" disabled=${form.busy}>${t("person.change_add")}</button></form>`}<//>`;
}
