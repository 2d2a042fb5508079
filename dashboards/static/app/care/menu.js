// @ts-check
/** What a station offers: providers, prices, the subsidy by grade. */
import { html } from "../html.js";
import { post, remove } from "../api.js";
import { t, tWord, nameOf } from "../language.js";
import { href } from "../router.js";
import { useRemote } from "../parts/remote.js";
import { GRADES, SERVICES } from "./kinds.js";
import { Card, Head, Table, Waiting, choices, gradeName, money, useNode } from "./parts.js";
import { Field, Refusal, onSubmit, useForm } from "./forms.js";
import { may } from "./may.js";

/** @typedef {{ id: number, kind: string, name: string, name_en: string, provider: { id: number, name: string }, price_fen: number, subsidy_fen: number[] }} Offered */
/** @typedef {{ id: number, name: string, phone: string }} Provider */

export function Menu() {
  const { station, chooser } = useNode({ leaf: true });
  return html`<section class="records scrolling"><${Head} title=${t("service.menu")} back=${[href("services"), t("service.orders")]}>${chooser}<//>
    ${station !== null && html`<${OfStation} key=${station} station=${station} />`}</section>`;
}

/** @param {{ station: number }} props */
function OfStation({ station }) {
  const menu = useRemote(`/care/stations/${station}/services`);
  const providers = useRemote(`/care/stations/${station}/providers`);
  const items = /** @type {{ items: Offered[] } | null} */ (menu.data)?.items;
  const known = /** @type {{ items: Provider[] } | null} */ (providers.data)?.items ?? [];
  const form = useForm({});
  const drop = (/** @type {number} */ id) => form.send(() => remove(`/care/services/${id}`), menu.again);
  if (!items) return html`<${Waiting} remote=${menu} />`;
  return html`<div class="cards-2"><${Card} title=${t("service.menu")} wide testid="menu">${!items.length && html`<p class="soft">${t("service.no_menu")}</p>`}
      ${items.length > 0 && html`<${Table} label=${t("service.menu")} heads=${[t("service.name"), t("service.kind"), t("service.provider"), t("service.price"), ...GRADES.map((grade) => t("service.subsidy_at", { grade: gradeName(Number(grade)) })), may("run_station") ? t("care.remove") : ""]}
        rows=${items.map((one) => [nameOf(one), tWord("service", one.kind), one.provider.name, money(one.price_fen), ...GRADES.map((grade) => money(one.subsidy_fen[Number(grade)] ?? 0)),
          may("run_station") && html`<button type="button" class="quiet" onClick=${() => drop(one.id)} disabled=${form.busy}>${t("care.remove")}</button>`])} />`}<${Refusal} form=${form} /><//>
    ${may("run_station") && html`<${AddService} key=${known.length} station=${station} providers=${known} done=${menu.again} />`}
    <${Providers} station=${station} known=${known} again=${providers.again} /></div>`;
}

/** "12.5" yuan as fen. @param {string} text */
const fen = (text) => Math.round(Number(text || 0) * 100);

/** @param {{ station: number, providers: Provider[], done: () => void }} props */
function AddService({ station, providers, done }) {
  const form = useForm({ provider: providers[0]?.id ?? "", kind: "meal", name: "", name_en: "", price: "", s0: "0", s1: "0", s2: "0", s3: "0", s4: "0" });
  const { values } = form;
  const save = () => form.send(() => post(`/care/stations/${station}/services`, { provider_id: Number(values.provider), kind: values.kind, name: values.name, name_en: values.name_en, price_fen: fen(values.price),
    subsidy_fen: [values.s0, values.s1, values.s2, values.s3, values.s4].map(fen) }), () => { form.set("name", ""); form.set("name_en", ""); done(); });
  if (!providers.length) return html`<${Card} title=${t("service.add")}><p class="soft">${t("service.provider_first")}</p><//>`;
  return html`<${Card} title=${t("service.add")}><form onSubmit=${onSubmit(save)} data-testid="menu-form"><div class="form-grid">
      <${Field} form=${form} name="provider" label=${t("service.provider")} options=${providers.map((one) => [one.id, one.name])} /><${Field} form=${form} name="kind" label=${t("service.kind")} options=${choices("service", SERVICES)} />
      <${Field} form=${form} name="name" label=${t("service.name")} required /><${Field} form=${form} name="name_en" label=${t("service.name_en")} /><${Field} form=${form} name="price" label=${t("service.price_yuan")} type="number" min="0" step="0.01" required /></div>
    <fieldset class="contact-fields"><legend>${t("service.subsidy_yuan")}</legend><div class="form-grid">${GRADES.map((grade) => html`<${Field} key=${grade} form=${form} name=${`s${grade}`} label=${gradeName(Number(grade))} type="number" min="0" step="0.01" />`)}</div></fieldset>
    <${Refusal} form=${form} /><button type="submit" class="primary" disabled=${form.busy} data-testid="menu-add">${t("service.add")}</button></form><//>`;
}

/** @param {{ station: number, known: Provider[], again: () => void }} props */
function Providers({ station, known, again }) {
  const form = useForm({ name: "", phone: "" });
  const save = () => form.send(() => post(`/care/stations/${station}/providers`, form.values), () => { form.all({ name: "", phone: "" }); again(); });
  return html`<${Card} title=${t("service.providers")}><ul class="plain">${known.map((one) => html`<li key=${one.id}><strong>${one.name}</strong> <span class="soft">${one.phone}</span></li>`)}</ul>
    ${may("run_station") && html`<form class="small-form" onSubmit=${onSubmit(save)} data-testid="provider-form"><div class="form-grid"><${Field} form=${form} name="name" label=${t("service.provider")} required testid="provider-name" /><${Field} form=${form} name="phone" label=${t("person.phone")} type="tel" /></div>
      <${Refusal} form=${form} /><button type="submit" disabled=${form.busy} data-testid="provider-add">${t("service.provider_add")}</button></form>`}<//>`;
}
