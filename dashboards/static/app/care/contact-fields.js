// @ts-check
/** Contacts in the order of calling, with the hours in which they are not called. */
import { html } from "../html.js";
import { t } from "../language.js";

/** @typedef {{ id?: number | null, name: string, relation: string, phone: string, known?: string | null, quiet_from: string | null, quiet_until: string | null }} Typed */

/** @returns {Typed} */
export const nobody = () => ({ name: "", relation: "", phone: "", quiet_from: null, quiet_until: null });

/** As the server takes them: those without a name are dropped, a number not typed anew is kept. @param {Typed[]} typed */
export const contactsOut = (typed) => typed.filter(({ name }) => name.trim()).map(({ id, name, relation, phone, quiet_from, quiet_until }) =>
  ({ ...(id ? { id } : {}), name, relation, phone: phone.trim() || null, quiet_from: quiet_from || null, quiet_until: quiet_until || null }));

/** @param {{ form: import("./forms.js").Form<any> }} props */
export function ContactFields({ form }) {
  const contacts = /** @type {Typed[]} */ (form.values.contacts);
  const set = (/** @type {number} */ at, /** @type {Partial<Typed>} */ what) => form.set("contacts", contacts.map((one, i) => (i === at ? { ...one, ...what } : one)));
  const up = (/** @type {number} */ at) => form.set("contacts", contacts.map((one, i) => (i === at - 1 ? contacts[at] : i === at ? contacts[at - 1] : one)));
  const text = (/** @type {number} */ i, /** @type {keyof Typed} */ name, /** @type {string} */ label, type = "text", hint = "") => html`<label>${label}<input type=${type} value=${contacts[i][name] ?? ""} placeholder=${hint}
    data-testid=${`contact-${name}-${i}`} onInput=${(/** @type {any} */ event) => set(i, { [name]: event.target.value })} /></label>`;
  return html`${contacts.map((one, i) => html`<fieldset key=${i} class="contact-fields"><legend>${t("contact.number", { number: i + 1 })}</legend>
      <div class="form-grid">${text(i, "name", t("contact.name"))}${text(i, "relation", t("contact.relation"))}${text(i, "phone", t("contact.phone"), "tel", one.known ?? "")}
      ${text(i, "quiet_from", t("contact.quiet_from"), "time")}${text(i, "quiet_until", t("contact.quiet_until"), "time")}</div>
      <p class="form-buttons">${i > 0 && html`<button type="button" class="quiet" onClick=${() => up(i)}>${t("contact.earlier")}</button>`}
        <button type="button" class="quiet" onClick=${() => form.set("contacts", contacts.filter((_, other) => other !== i))}>${t("contact.remove")}</button></p></fieldset>`)}
    <p><button type="button" onClick=${() => form.set("contacts", [...contacts, nobody()])} data-testid="contact-add">${t("contact.add")}</button></p>`;
}
