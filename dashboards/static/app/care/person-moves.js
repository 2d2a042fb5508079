// @ts-check
/** Moving to another home, leaving our care, coming back. */
import { html } from "../html.js";
import { post, query } from "../api.js";
import { t } from "../language.js";
import { useRemote } from "../parts/remote.js";
import { Field, Refusal, onSubmit, useForm } from "./forms.js";
import { useSettled } from "./parts.js";
import { today } from "./today.js";

/** @typedef {import("./person.js").File} File */

/** @param {{ one: File, again: () => void }} props */
export function Moving({ one, again }) {
  const form = useForm({ q: "", home: "" });
  const q = useSettled(form.values.q, 250);
  const { data } = useRemote(`/care/homes${query({ q, limit: 20 })}`);
  const homes = /** @type {{ items: { id: number, code: string, address: string }[] } | null} */ (data)?.items.filter(({ id }) => id !== one.home?.id) ?? [];
  if (one.left_on !== null) return null;
  const save = () => form.send(() => post(`/care/residents/${one.id}/move`, { home_id: Number(form.values.home) }), again);
  return html`<details><summary>${t("person.move")}</summary><form class="small-form" onSubmit=${onSubmit(save)}>
    <${Field} form=${form} name="q" label=${t("person.find_home")} type="search" />
    <${Field} form=${form} name="home" label=${t("person.new_home")} required options=${[["", "–"], ...homes.map((home) => [home.id, `${home.address} ${home.code}`])]} />
    <${Refusal} form=${form} /><button type="submit" disabled=${form.busy || !form.values.home}>${t("person.move")}</button></form></details>`;
}

/** @param {{ one: File, again: () => void }} props */
export function Leaving({ one, again }) {
  const form = useForm({ on: today(), why: "" });
  if (one.left_on !== null) {
    return html`<p>${t("people.left_on", { day: one.left_on })} <span class="soft">${one.left_why}</span></p><${Refusal} form=${form} />
      <button type="button" disabled=${form.busy} onClick=${() => form.send(() => post(`/care/residents/${one.id}/return`, {}), again)}>${t("person.return")}</button>`;
  }
  const save = () => form.send(() => post(`/care/residents/${one.id}/leave`, form.values), again);
  return html`<details><summary>${t("person.leave")}</summary><form class="small-form" onSubmit=${onSubmit(save)}>
    <${Field} form=${form} name="on" label=${t("person.on")} type="date" required /><${Field} form=${form} name="why" label=${t("care.why")} required />
    <${Refusal} form=${form} /><button type="submit" disabled=${form.busy}>${t("person.leave")}</button></form></details>`;
}
