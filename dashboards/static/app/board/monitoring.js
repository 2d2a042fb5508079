// @ts-check
/** How one resident is watched over; on their page, with a form for who may change it. */
import { html, useState } from "../html.js";
import { put } from "../api.js";
import { roles } from "../session.js";
import { now } from "../live/store.js";
import { t, language, teach } from "../language.js";
import { WATCHING } from "../../messages/watching.js";
import { dayTime, zoneInUse } from "../format.js";
import { useRemote } from "../parts/remote.js";
import { fromField, toField } from "../parts/local-time.js";
import { Note, fieldsOf, numberOr, useSaving } from "../parts/saving.js";

teach(WATCHING);

/** @typedef {import("../../../types/contract.js").Monitoring} MonitoringNow */

const SCALES = /** @type {const} */ ([1, 2]);

export const maySetCare = () => roles.value.has("operator") || roles.value.has("administrator");

/** @param {{ id: string }} props */
export function Monitoring({ id }) {
  const [open, setOpen] = useState(false);
  const path = `/residents/${encodeURIComponent(id)}/monitoring`;
  const { data, again } = useRemote(path);
  const { busy, said, save } = useSaving();
  const set = /** @type {MonitoringNow | null} */ (data);
  if (!set) return null;
  async function submit(/** @type {SubmitEvent} */ event) {
    const wish = wishOf(fieldsOf(event));
    if (await save(() => put(path, wish), t("form.saved"))) { setOpen(false); again(); }
  }
  return html`<section class="card" data-testid="monitoring"><h2>${t("watching.title")}</h2>
    <ul class="plain">${summary(set).map((words) => html`<li key=${words}>${words}</li>`)}</ul>
    ${maySetCare() && !open && html`<p class="card-acts"><button type="button" data-testid="monitoring-change" onClick=${() => setOpen(true)}>${t("watching.change")}</button></p>`}
    ${open && html`<${Form} set=${set} busy=${busy} submit=${submit} close=${() => setOpen(false)} />`}
    <${Note} said=${said} /></section>`;
}

/** What is set otherwise than for anybody. @param {MonitoringNow} set @returns {string[]} */
function summary(set) {
  const when = (/** @type {string} */ at) => dayTime(at, language.value);
  const away = set.holiday_until && Date.parse(set.holiday_until) > now.peek();
  const said = [
    set.cancel_s !== null && t("watching.cancel_is", { count: set.cancel_s }),
    set.tolerated_per_month !== null && t("watching.tolerated_is", { count: set.tolerated_per_month }),
    set.bathroom_limit_s !== null && t("watching.bathroom_is", { count: Math.round(set.bathroom_limit_s / 60) }),
    set.night_from && t("watching.night_is", { from: set.night_from, until: String(set.night_until) }),
    away && t("watching.holiday_is", { from: when(String(set.holiday_from)), until: when(String(set.holiday_until)) }),
    away && set.returned_at && t("watching.returned_is", { time: when(set.returned_at) }),
    set.visitors_until && Date.parse(set.visitors_until) > now.peek() && t("watching.visitors_is", { until: when(set.visitors_until) }),
    set.spo2_scale === 2 && t("watching.spo2_is"),
    set.oxygen && t("watching.oxygen_is"),
  ].filter((one) => typeof one === "string");
  return said.length ? said : [t("watching.usual")];
}

/** @param {FormData} fields */
function wishOf(fields) {
  const minutes = numberOr(fields.get("bathroom"));
  const instant = (/** @type {string} */ name) => (fields.get(name) ? fromField(String(fields.get(name)), zoneInUse()) : null);
  return {
    cancel_s: numberOr(fields.get("cancel")), tolerated_per_month: numberOr(fields.get("tolerated")),
    bathroom_limit_s: minutes === null ? null : minutes * 60,
    night_from: fields.get("night_from") || null, night_until: fields.get("night_until") || null,
    holiday_from: instant("holiday_from"), holiday_until: instant("holiday_until"), visitors_until: instant("visitors_until"),
    spo2_scale: Number(fields.get("spo2_scale")), oxygen: fields.get("oxygen") === "on",
  };
}

/** @param {{ set: MonitoringNow, busy: boolean, submit: (event: SubmitEvent) => void, close: () => void }} props */
function Form({ set, busy, submit, close }) {
  const local = (/** @type {string | null} */ at) => (at ? toField(at, zoneInUse()) : "");
  const number = (/** @type {string} */ name, /** @type {number | null} */ value, /** @type {Record<string, number>} */ limits) =>
    html`<label>${t(/** @type {any} */ (`watching.${name}`))}<input type="number" name=${name} defaultValue=${value ?? ""} ...${limits} placeholder=${t("watching.as_usual")} /></label>`;
  const field = (/** @type {string} */ name, /** @type {string} */ type, /** @type {string | null} */ value) =>
    html`<label>${t(/** @type {any} */ (`watching.${name}`))}<input type=${type} name=${name} defaultValue=${value ?? ""} /></label>`;
  return html`<form class="form-column" onSubmit=${submit} data-testid="monitoring-form">
    <div class="form-grid">${number("cancel", set.cancel_s, { min: 0, max: 300 })}
      ${number("tolerated", set.tolerated_per_month, { min: 0.1, max: 10, step: 0.1 })}
      ${number("bathroom", set.bathroom_limit_s && set.bathroom_limit_s / 60, { min: 5, max: 240 })}</div>
    <div class="form-grid">${field("night_from", "time", set.night_from)}${field("night_until", "time", set.night_until)}</div>
    <div class="form-grid">${field("holiday_from", "datetime-local", local(set.holiday_from))}${field("holiday_until", "datetime-local", local(set.holiday_until))}
      ${field("visitors_until", "datetime-local", local(set.visitors_until))}</div>
    <div class="form-grid"><label>${t("watching.spo2_scale")}<select name="spo2_scale">${SCALES.map((scale) => html`<option key=${scale} value=${scale} selected=${scale === set.spo2_scale}>${t(`watching.scale_${scale}`)}</option>`)}</select></label>
      <label class="inline-check"><input type="checkbox" name="oxygen" defaultChecked=${set.oxygen} />${t("watching.oxygen")}</label></div>
    <p class="hint">${t("watching.hint")}</p>
    <p class="card-acts"><button type="submit" class="primary" disabled=${busy} data-testid="monitoring-save">${t("form.save")}</button>
      <button type="button" onClick=${close}>${t("sure.no")}</button></p></form>`;
}
