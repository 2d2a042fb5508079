// @ts-check
/** Days on which the week does not count; everybody sees them, who runs everything sets them. */
import { html } from "../html.js";
import { put, remove } from "../api.js";
import { runsEverything } from "./station-choice.js";
import { t, tWord, language } from "../language.js";
import { longDay } from "../format.js";
import { useRemote } from "../parts/remote.js";
import { Note, fieldsOf, numberOr, useSaving } from "../parts/saving.js";
import { Sure } from "../parts/sure.js";

const DAYS = [1, 2, 3, 4, 5, 6, 7];

/** @typedef {{ day: string, name: string, works_as: number | null }} Holiday */

/** @param {Holiday} one */
const about = (one) => [one.name, one.works_as ? t("holiday.works_as_is", { day: tWord("weekday", String(one.works_as)) }) : t("holiday.free")].filter(Boolean).join(" · ");

export function Holidays() {
  const { data, again } = useRemote("/holidays");
  const { busy, said, save } = useSaving();
  const items = /** @type {{ items: Holiday[] } | null} */ (data)?.items;
  if (!items) return null;
  const run = (/** @type {() => Promise<unknown>} */ ask) => save(ask, t("form.saved")).then((done) => { if (done) again(); });
  function submit(/** @type {SubmitEvent} */ event) {
    const fields = fieldsOf(event);
    run(() => put(`/holidays/${fields.get("day")}`, { name: fields.get("name"), works_as: numberOr(fields.get("works_as")) }));
  }
  return html`<section class="card wide" data-testid="holidays"><h2>${t("holiday.title")}</h2>
    ${!items.length && html`<p class="soft">${t("holiday.none")}</p>`}
    <ul class="plain">${items.map((one) => html`<li key=${one.day} class="shift" data-testid="holiday"><span><strong>${longDay(`${one.day}T12:00:00Z`, language.value, "UTC")}</strong> ${about(one)}</span>
      ${runsEverything() && html`<${Sure} words=${t("form.remove")} about=${one.day} run=${() => run(() => remove(`/holidays/${one.day}`))} />`}</li>`)}</ul>
    ${runsEverything() && html`<details><summary>${t("holiday.add")}</summary><form class="form-grid" onSubmit=${submit} data-testid="add-holiday">
      <label>${t("holiday.day")}<input type="date" name="day" required /></label><label>${t("holiday.name")}<input name="name" maxlength="60" /></label>
      <label>${t("holiday.works_as")}<select name="works_as"><option value="">${t("holiday.free")}</option>${DAYS.map((day) => html`<option key=${day} value=${day}>${t("holiday.works_as_is", { day: tWord("weekday", String(day)) })}</option>`)}</select></label>
      <button type="submit" class="primary" disabled=${busy}>${t("holiday.add")}</button></form></details>`}
    <${Note} said=${said} /></section>`;
}
