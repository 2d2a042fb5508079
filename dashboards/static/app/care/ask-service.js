// @ts-check
/** A service asked for on somebody's behalf: by telephone or at the desk. */
import { html } from "../html.js";
import { post } from "../api.js";
import { t, tWord, nameOf } from "../language.js";
import { go, href } from "../router.js";
import { useRemote } from "../parts/remote.js";
import { Head, Waiting, money } from "./parts.js";
import { Field, Refusal, Tiles, onSubmit, useForm } from "./forms.js";
import { addDays } from "./calendar.js";
import { freshId } from "./fresh-id.js";
import { today, toInstant } from "./today.js";

/** @typedef {{ id: number, kind: string, name: string, name_en: string, provider: { id: number, name: string } | string, price_fen: number, subsidy_fen: number, pays_fen: number }} Offered */

/** @param {{ id: string }} props */
export function AskService({ id }) {
  const person = useRemote(`/care/residents/${encodeURIComponent(id)}`);
  const menu = useRemote(`/care/residents/${encodeURIComponent(id)}/menu`);
  if (!person.data || !menu.data) return html`<${Waiting} remote=${person.error ? person : menu} />`;
  return html`<${Sheet} person=${person.data} menu=${/** @type {any} */ (menu.data).items} />`;
}

/** @param {{ person: { id: number, name: string }, menu: Offered[] }} props */
function Sheet({ person, menu }) {
  const form = useForm({ service: /** @type {number | null} */ (null), day: addDays(today(), 1), time: "10:00", via: "phone", note: "", request: freshId() });
  const { values } = form;
  const save = () => form.send(() => post("/care/orders", { resident_id: person.id, service_id: values.service, wanted_at: toInstant(`${values.day}T${values.time}`), via: values.via, note: values.note, request: values.request }),
    (order) => go("services", order.id));
  const provider = (/** @type {Offered} */ one) => (typeof one.provider === "string" ? one.provider : one.provider?.name ?? "");
  return html`<section class="records scrolling"><${Head} title=${t("service.ask_for", { name: person.name })} back=${[href("people", person.id), person.name]} />
    ${!menu.length && html`<p class="empty">${t("service.no_menu")}</p>`}
    ${menu.length > 0 && html`<form class="person-form" onSubmit=${onSubmit(save)} data-testid="service-form">
      <${Tiles} name="service" legend=${t("service.choose")} value=${values.service} choose=${(/** @type {number} */ service) => form.set("service", service)}
        options=${menu.map((one) => ({ value: one.id, label: nameOf(one), about: `${tWord("service", one.kind)} · ${provider(one)} · ${t("service.pays")} ${money(one.pays_fen)}${one.subsidy_fen ? ` (${t("service.subsidy")} ${money(one.subsidy_fen)})` : ""}` }))} />
      <div class="form-grid"><${Field} form=${form} name="day" label=${t("service.day")} type="date" min=${today()} required /><${Field} form=${form} name="time" label=${t("service.time")} type="time" required />
        <${Field} form=${form} name="via" label=${t("service.via")} options=${[["phone", tWord("via", "phone")], ["operator", tWord("via", "operator")]]} /></div>
      <${Field} form=${form} name="note" label=${t("care.note")} rows=${2} />
      <div class="form-end"><${Refusal} form=${form} /><button type="submit" class="primary big" disabled=${form.busy || values.service === null} data-testid="service-send">${t("service.send")}</button></div></form>`}</section>`;
}
