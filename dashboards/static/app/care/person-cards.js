// @ts-check
/** Cards of a person's file: health, identity, contacts in the order of calling, consents. */
import { html, useState } from "../html.js";
import { post, put } from "../api.js";
import { t, tWord, language } from "../language.js";
import { dayTime } from "../format.js";
import { useRemote } from "../parts/remote.js";
import { problemWords } from "../wording.js";
import { PURPOSES } from "./kinds.js";
import { Card } from "./parts.js";
import { Field, Refusal, onSubmit, useForm } from "./forms.js";
import { ContactFields, contactsOut } from "./contact-fields.js";
import { may } from "./may.js";

/** @typedef {import("./person.js").File} File */

const HEALTH = /** @type {const} */ (["risks", "medicines", "allergies", "doctor", "key_note"]);

/** @param {{ one: File }} props */
export function Health({ one }) {
  return html`<${Card} title=${t("person.health")} testid="health"><dl class="facts in-columns">${HEALTH.map((name) => html`<div key=${name}><dt>${t(`person.${name}`)}</dt>
    <dd class="written">${one[name] || html`<span class="soft">${t("person.nothing")}</span>`}</dd></div>`)}</dl><//>`;
}

/** Numbers are hidden until somebody says why they need them; who looked is written down. @param {{ one: File }} props */
export function Identity({ one }) {
  const [shown, setShown] = useState(/** @type {{ identity: string | null, phone: string | null, contacts: { id: number, name: string, phone: string }[] } | null} */ (null));
  const [asking, ask] = useState(false);
  const form = useForm({ why: "" });
  const reveal = () => form.send(() => post(`/care/residents/${one.id}/reveal`, { what: ["identity", "phone", "contacts"], why: form.values.why }), setShown);
  return html`<${Card} title=${t("person.identity")} testid="identity"><dl class="facts">
      <dt>${t("person.born")}</dt><dd>${one.born ?? t("person.nothing")}</dd>
      <dt>${t("person.number")}</dt><dd class="number" data-testid="identity-number">${shown?.identity || one.identity || t("person.nothing")}</dd>
      <dt>${t("person.phone")}</dt><dd class="number">${shown?.phone ? html`<a href=${`tel:${shown.phone}`}>${shown.phone}</a>` : one.phone || t("person.nothing")}</dd>
      ${shown?.contacts.map((who) => html`<dt key=${who.id}>${who.name}</dt><dd class="number"><a href=${`tel:${who.phone}`}>${who.phone}</a></dd>`)}</dl>
    ${may("reveal") && !shown && (asking ? html`<form class="small-form" onSubmit=${onSubmit(reveal)}>
        <${Field} form=${form} name="why" label=${t("person.why_reveal")} required testid="reveal-why" />
        <${Refusal} form=${form} /><button type="submit" disabled=${form.busy} data-testid="reveal">${t("person.reveal")}</button></form>`
      : html`<button type="button" onClick=${() => ask(true)} data-testid="reveal-ask">${t("person.reveal")}</button>`)}<//>`;
}

/** @param {{ one: File, again: () => void }} props */
export function Contacts({ one, again }) {
  const [changing, change] = useState(false);
  const button = may("set_care") && !changing && html`<button type="button" class="quiet" onClick=${() => change(true)} data-testid="contacts-change">${t("person.change")}</button>`;
  return html`<${Card} title=${t("person.contacts")} act=${button} testid="contacts">
    ${changing ? html`<${ChangeContacts} one=${one} done=${() => { change(false); again(); }} />`
      : html`<ol class="plain">${one.contacts.map((who, i) => html`<li key=${who.id ?? i}><strong>${i + 1}. ${who.name}</strong> <span class="soft">${who.relation}</span><br /><span class="number">${who.phone}</span>
        ${who.quiet_from && html`<br /><span class="soft">${t("person.quiet", { from: who.quiet_from, until: who.quiet_until ?? "" })}</span>`}</li>`)}</ol>
        ${!one.contacts.length && html`<p class="soft">${t("person.no_contacts")}</p>`}`}<//>`;
}

/** @param {{ one: File, done: () => void }} props */
function ChangeContacts({ one, done }) {
  const form = useForm({ contacts: one.contacts.map((who) => ({ ...who, known: who.phone, phone: "" })) });
  const save = () => form.send(() => put(`/care/residents/${one.id}/contacts`, { items: contactsOut(form.values.contacts) }), done);
  return html`<form class="small-form" onSubmit=${onSubmit(save)}><${ContactFields} form=${form} />
    <${Refusal} form=${form} /><p class="form-buttons"><button type="submit" class="primary" disabled=${form.busy}>${t("care.save")}</button><button type="button" onClick=${done}>${t("care.cancel")}</button></p></form>`;
}

/** @param {{ one: File, again: () => void }} props */
export function Consents({ one, again }) {
  const { data } = useRemote("/care/consent-texts");
  const texts = /** @type {{ items: { purpose: string, zh: string, en: string, latest: boolean }[] } | null} */ (data);
  const text = (/** @type {string} */ purpose) => texts?.items.find((each) => each.latest && each.purpose === purpose)?.[language.value];
  const [problem, setProblem] = useState("");
  const set = (/** @type {string} */ purpose, /** @type {boolean} */ given) =>
    put(`/care/residents/${one.id}/consents/${purpose}`, { given }).then(again, (error) => setProblem(problemWords(error)));
  return html`<${Card} title=${t("person.consents")} testid="consents"><ul class="plain consents">${PURPOSES.map((purpose) => {
    const last = one.consents.find((each) => each.purpose === purpose && each.withdrawn_at === null) ?? one.consents.find((each) => each.purpose === purpose);
    const given = Boolean(last?.given_at) && last?.withdrawn_at === null;
    const when = last && dayTime((given ? last.given_at : last.withdrawn_at) ?? "", language.value);
    return html`<li key=${purpose} data-testid=${`consent-${purpose}`} data-given=${given}><span><strong>${tWord("purpose", purpose)}</strong><br />
      <span class=${given ? "given" : "soft"}>${last ? t(given ? "person.given" : "person.withdrawn", { when: when ?? "" }) : t("person.never_given")}</span>${given && last?.outdated && html`<br /><span class="alarming" data-testid="ask-again">${t(last.holds ? "person.ask_again" : "person.holds_no_longer")}</span>`}</span>
      ${may("set_care") && html`<button type="button" aria-label=${`${t(given ? "person.withdraw" : "person.give")}: ${tWord("purpose", purpose)}`} onClick=${() => set(purpose, !given)}>${t(given ? "person.withdraw" : "person.give")}</button>`}
      ${given && last?.outdated && may("set_care") && html`<button type="button" class="primary" onClick=${() => set(purpose, true)}>${t("person.give")}</button>`}
      ${text(purpose) && html`<details><summary>${t("person.words")}</summary><p class="written">${text(purpose)}</p></details>`}</li>`;
  })}</ul><p role="alert" class="refusal">${problem}</p><//>`;
}
