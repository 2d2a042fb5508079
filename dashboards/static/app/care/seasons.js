// @ts-check
/** Heat, cold, festivals: for a while people are visited more often. */
import { html } from "../html.js";
import { post, query } from "../api.js";
import { serverNow } from "../live/store.js";
import { t, tWord, language } from "../language.js";
import { shortDay } from "../format.js";
import { useRemote } from "../parts/remote.js";
import { SEASONS } from "./kinds.js";
import { Card, choices } from "./parts.js";
import { Field, Refusal, onSubmit, useForm } from "./forms.js";
import { addDays } from "./calendar.js";
import { today, toInstant } from "./today.js";
import { may } from "./may.js";

/** @param {{ station: number | null }} props */
export function Seasons({ station }) {
  const { data, again } = useRemote(`/care/seasons${query({ station })}`);
  const items = /** @type {{ items: { id: number, kind: string, from: string, until: string }[] } | null} */ (data)?.items ?? [];
  const form = useForm({ kind: "heat", from: today(), until: addDays(today(), 14) });
  const declare = () => form.send(() => post("/care/seasons", { station_id: station, kind: form.values.kind, from: toInstant(`${form.values.from}T00:00`), until: toInstant(`${form.values.until}T00:00`) }), again);
  const end = (/** @type {number} */ id) => form.send(() => post(`/care/seasons/${id}/end`, {}), again);
  return html`<${Card} title=${t("season.title")} testid="seasons"><p class="hint">${t("season.about")}</p>
    <ul class="plain">${items.map((one) => html`<li key=${one.id}><strong>${tWord("season", one.kind)}</strong> ${shortDay(one.from, language.value)} – ${shortDay(one.until, language.value)}
      ${may("set_care") && Date.parse(one.until) > serverNow() && html` <button type="button" class="quiet" disabled=${form.busy} onClick=${() => end(one.id)}>${t("season.end")}</button>`}</li>`)}</ul>
    ${may("set_care") && station !== null ? html`<form class="small-form" onSubmit=${onSubmit(declare)}><div class="form-grid"><${Field} form=${form} name="kind" label=${t("season.kind")} options=${choices("season", SEASONS)} />
      <${Field} form=${form} name="from" label=${t("season.from")} type="date" required /><${Field} form=${form} name="until" label=${t("season.until")} type="date" required /></div>
      <${Refusal} form=${form} /><button type="submit" disabled=${form.busy} data-testid="season-declare">${t("season.declare")}</button></form>` : may("set_care") && html`<p class="soft">${t("season.choose_station")}</p>`}<//>`;
}
