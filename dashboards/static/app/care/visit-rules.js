// @ts-check
/** How often each category is visited here; a row of a station holds for all below it. */
import { html, useState } from "../html.js";
import { put, query } from "../api.js";
import { t, tWord } from "../language.js";
import { useRemote } from "../parts/remote.js";
import { Card, Table } from "./parts.js";
import { Check, Field, Refusal, onSubmit, useForm } from "./forms.js";
import { may } from "./may.js";

/** @typedef {{ station_id: number | null, category: string, every_days: number, season_days: number, after_change_h: number, remote_counts: boolean, remote_in_a_row: number, default?: boolean, station?: { name: string } | null }} Rule */

/** @param {{ station: number | null }} props */
export function Rules({ station }) {
  const { data, again } = useRemote(`/care/visits/rules${query({ station })}`);
  const items = /** @type {{ items: Rule[] } | null} */ (data)?.items ?? [];
  const [changing, change] = useState("");
  // What holds everywhere comes first, so the last row of a category is the nearest.
  const rule = items.findLast(({ category }) => category === changing);
  return html`<${Card} title=${t("rule.title")} testid="rules"><${Table} label=${t("rule.title")} heads=${[t("people.category"), t("rule.every"), t("rule.season"), t("rule.change"), t("rule.remote"), may("run_station") ? t("person.change") : ""]}
      rows=${items.map((one) => [html`${tWord("category", one.category)} <span class="soft">${one.station?.name ?? ""}</span>`, t("rule.days", { count: one.every_days }), t("rule.days", { count: one.season_days }), t("rule.hours", { count: one.after_change_h }), one.remote_counts ? t("rule.in_a_row", { count: one.remote_in_a_row }) : t("rule.never"),
        may("run_station") && html`<button type="button" class="quiet" onClick=${() => change(one.category)}>${t("person.change")}</button>`])} />
    ${rule && html`<${ChangeRule} key=${rule.category} rule=${rule} station=${station} done=${() => { change(""); again(); }} />`}<//>`;
}

/** @param {{ rule: Rule, station: number | null, done: () => void }} props */
function ChangeRule({ rule, station, done }) {
  const form = useForm({ ...rule });
  const { values } = form;
  const whole = (/** @type {"every_days"} */ name) => Number(values[name]);
  const save = () => form.send(() => put("/care/visits/rules", { station_id: station, category: rule.category, every_days: whole("every_days"), season_days: Number(values.season_days), after_change_h: Number(values.after_change_h),
    remote_counts: values.remote_counts, remote_in_a_row: values.remote_counts ? Number(values.remote_in_a_row) : 0 }), done);
  return html`<form class="small-form" onSubmit=${onSubmit(save)}><h3>${tWord("category", rule.category)}</h3><div class="form-grid">
      ${/** @type {const} */ ([["every_days", "rule.every"], ["season_days", "rule.season"], ["after_change_h", "rule.change"]]).map(([name, label]) => html`<${Field} key=${name} form=${form} name=${name} label=${t(label)} type="number" min="1" required />`)}
      ${values.remote_counts && html`<${Field} form=${form} name="remote_in_a_row" label=${t("rule.row_label")} type="number" min="1" />`}</div>
    <${Check} checked=${values.remote_counts} label=${t("rule.remote_counts")} change=${(/** @type {boolean} */ on) => form.set("remote_counts", on)} />
    <${Refusal} form=${form} /><p class="form-buttons"><button type="submit" class="primary" disabled=${form.busy}>${t("care.save")}</button><button type="button" onClick=${done}>${t("care.cancel")}</button></p></form>`;
}
