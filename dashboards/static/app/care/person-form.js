// @ts-check
/** Taking somebody in, in under two minutes; and changing what is written about them. */
import { html, useState } from "../html.js";
import { get, patch, post, query } from "../api.js";
import { t, tWord, nameOf } from "../language.js";
import { go, href } from "../router.js";
import { useRemote } from "../parts/remote.js";
import { bornAndSex } from "./calendar.js";
import { CATEGORIES, LIVING, PURPOSES, SEXES } from "./kinds.js";
import { Card, Head, Waiting, choices, useNode, useSettled } from "./parts.js";
import { Check, Field, Refusal, onSubmit, useForm } from "./forms.js";
import { ContactFields, contactsOut, nobody } from "./contact-fields.js";
import { freshId } from "./fresh-id.js";

/** @typedef {import("./person.js").File} File */

/** @param {{ id?: string }} props  without an id somebody new */
export function PersonForm({ id }) {
  return id ? html`<${Change} id=${id} />` : html`<${Add} />`;
}

const BLANK = { name: "", identity: "", sex: "", born: "", phone: "", living: "", category: "", risks: "", medicines: "", allergies: "", doctor: "", key_note: "" };

/** What a person may leave empty is not sent. @param {Record<string, any>} values @param {string[]} names */
const filled = (values, names) => Object.fromEntries(names.filter((name) => values[name]).map((name) => [name, values[name]]));

function Add() {
  const { station, chooser, stations } = useNode({ leaf: true });
  const form = useForm({ ...BLANK, address: "", access_note: "", home: /** @type {number | null} */ (null), contacts: [nobody()], consents: /** @type {string[]} */ ([]) });
  const { values } = form;
  async function save() {
    const home_id = values.home ?? (await post("/care/homes", { station_id: station, code: `home-${freshId().slice(0, 8)}`, address: values.address, access_note: values.access_note })).id;
    form.set("home", home_id); // should the person be refused, the home is there already
    return post("/care/residents", { ...filled(values, Object.keys(BLANK)), home_id, contacts: contactsOut(values.contacts), consents: values.consents });
  }
  return html`<section class="records scrolling"><${Head} title=${t("people.add")} back=${[href("people"), t("care.people")]}>${chooser}<//>
    <form class="person-form" onSubmit=${onSubmit(() => form.send(save, (made) => go("people", made.id)))} data-testid="person-form">
      <${Who} form=${form} />
      <${Card} title=${t("person.home")}><${Field} form=${form} name="address" label=${t("person.address")} required autocomplete="off" change=${() => form.set("home", null)} />
        ${station !== null && html`<${SameHome} form=${form} station=${station} />`}
        ${values.home === null && html`<${Field} form=${form} name="access_note" label=${t("person.access_note")} />`}
        <p class="soft">${t("person.station_is", { station: nameOf(stations.find((one) => one.id === station) ?? null) })}</p><//>
      <${Matters} form=${form} />
      <${Card} title=${t("person.contacts")}><${ContactFields} form=${form} /><//>
      <${Card} title=${t("person.consents")}><p class="hint">${t("person.consents_about")}</p>${PURPOSES.map((purpose) => html`<${Check} key=${purpose} label=${tWord("purpose", purpose)} testid=${`agree-${purpose}`}
        checked=${values.consents.includes(purpose)} change=${(/** @type {boolean} */ on) => form.set("consents", on ? [...values.consents, purpose] : values.consents.filter((one) => one !== purpose))} />`)}<//>
      <div class="form-end"><${Refusal} form=${form} /><button type="submit" class="primary big" disabled=${form.busy || station === null} data-testid="person-save">${t("person.take_in")}</button></div>
    </form></section>`;
}

/** Somebody may live there already. @param {{ form: import("./forms.js").Form<any>, station: number }} props */
function SameHome({ form, station }) {
  const asked = useSettled(String(form.values.address).trim(), 250);
  const { data } = useRemote(asked.length > 1 ? `/care/homes${query({ station, q: asked, limit: 5 })}` : `/care/homes${query({ station, limit: 1 })}`);
  const found = asked.length > 1 ? /** @type {{ items: { id: number, address: string, code: string, residents?: { name: string }[] }[] } | null} */ (data)?.items ?? [] : [];
  const shown = found.filter((one) => form.values.home === null || one.id === form.values.home);
  if (!shown.length) return null;
  return html`<div role="group" aria-label=${t("person.same_home")} class="same-home"><p class="hint">${t("person.same_home")}</p>${shown.map((one) => html`<${Check} key=${one.id} checked=${form.values.home === one.id}
    label=${`${one.address} ${one.code}`} hint=${one.residents?.map(({ name }) => name).join(", ") ?? ""} change=${(/** @type {boolean} */ on) => form.all((/** @type {any} */ before) => ({ ...before, home: on ? one.id : null, address: on ? one.address : before.address }))} />`)}</div>`;
}

/** The identity number says birthday and sex by itself. @param {{ form: import("./forms.js").Form<any>, numberHint?: string, phoneHint?: string }} props */
function Who({ form, numberHint = "", phoneHint = "" }) {
  const read = (/** @type {string} */ typed) => {
    const known = bornAndSex(typed);
    if (known) form.all((/** @type {any} */ before) => ({ ...before, ...known, identity: typed }));
  };
  return html`<${Card} title=${t("person.who")}><div class="form-grid">
    <${Field} form=${form} name="name" label=${t("person.name")} required autofocus autocomplete="off" />
    <${Field} form=${form} name="identity" label=${t("person.number")} hint=${numberHint || t("person.number_hint")} change=${read} autocomplete="off" inputmode="text" />
    <${Field} form=${form} name="sex" label=${t("person.sex")} options=${[["", "–"], ...choices("sex", SEXES)]} />
    <${Field} form=${form} name="born" label=${t("person.born")} type="date" />
    <${Field} form=${form} name="phone" label=${t("person.phone")} type="tel" hint=${phoneHint} autocomplete="off" />
    <${Field} form=${form} name="living" label=${t("people.living")} options=${[["", "–"], ...choices("living", LIVING)]} />
    <${Field} form=${form} name="category" label=${t("people.category")} options=${[["", t("person.category_auto")], ...choices("category", CATEGORIES)]} /></div><//>`;
}

/** @param {{ form: import("./forms.js").Form<any> }} props */
function Matters({ form }) {
  return html`<${Card} title=${t("person.health")}><div class="form-grid wide-fields">
    ${/** @type {const} */ (["risks", "medicines", "allergies", "doctor", "key_note"]).map((name) => html`<${Field} key=${name} form=${form} name=${name} label=${t(`person.${name}`)} />`)}</div><//>`;
}

/** @param {{ id: string }} props */
function Change({ id }) {
  const remote = useRemote(`/care/residents/${encodeURIComponent(id)}`);
  const one = /** @type {File | null} */ (remote.data);
  if (!one) return html`<${Waiting} remote=${remote} />`;
  return html`<${ChangeForm} one=${one} />`;
}

/** @param {{ one: File }} props */
function ChangeForm({ one }) {
  const written = { name: one.name, sex: one.sex, born: one.born ?? "", living: one.living, category: one.category_set ? one.category : "", risks: one.risks, medicines: one.medicines, allergies: one.allergies, doctor: one.doctor, key_note: one.key_note };
  const form = useForm({ ...written, identity: "", phone: "" });
  const [version, setVersion] = useState(one.version);
  function save() {
    const changed = /** @type {Record<string, any>} */ ({});
    for (const [name, before] of Object.entries(written)) if (form.values[/** @type {"name"} */ (name)] !== before) changed[name] = form.values[/** @type {"name"} */ (name)] || (name === "category" || name === "born" ? null : "");
    for (const name of /** @type {const} */ (["identity", "phone"])) if (form.values[name]) changed[name] = form.values[name];
    return patch(`/care/residents/${one.id}`, { ...changed, version });
  }
  const behind = form.problem?.code === "lost-race";
  return html`<section class="records scrolling"><${Head} title=${t("person.change_of", { name: one.name })} back=${[href("people", one.id), one.name]} />
    <form class="person-form" onSubmit=${onSubmit(() => form.send(save, () => go("people", one.id)))} data-testid="person-form">
      <${Who} form=${form} numberHint=${one.identity ? t("person.kept", { text: one.identity }) : ""} phoneHint=${one.phone ? t("person.kept", { text: one.phone }) : ""} />
      <${Matters} form=${form} />
      <div class="form-end"><${Refusal} form=${form} />
        ${behind && html`<button type="button" onClick=${() => get(`/care/residents/${one.id}`).then((now) => setVersion(now.version))}>${t("person.overwrite")}</button>`}
        <button type="submit" class="primary big" disabled=${form.busy} data-testid="person-save">${t("care.save")}</button></div>
    </form></section>`;
}
