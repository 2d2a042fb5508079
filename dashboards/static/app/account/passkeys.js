// @ts-check
/** Passkeys: added on this device, listed, removed. */
import { html, useState } from "../html.js";
import { post, remove } from "../api.js";
import { confirmed } from "../access/confirm.js";
import { makePasskey, passkeysWork } from "../access/passkey.js";
import { t, language } from "../language.js";
import { dayTime } from "../format.js";
import { Note, fieldsOf, useSaving } from "../parts/saving.js";
import { Sure } from "../parts/sure.js";
import { Codes } from "./codes.js";

/** @typedef {import("./own.js").Security} Security */
/** @typedef {import("./own.js").Passkey} Passkey */

/** @param {{ one: Passkey, drop: () => void }} props */
function Row({ one, drop }) {
  const used = one.used_at ? t("passkey.used", { time: dayTime(one.used_at, language.value) }) : t("passkey.unused");
  return html`<li data-testid="passkey-row"><div><strong>${one.name}</strong><br /><span class="soft">${t("passkey.made", { time: dayTime(one.made_at, language.value) })} · ${used}</span></div>
    <${Sure} words=${t("passkey.remove")} about=${one.name} run=${drop} /></li>`;
}

/** @param {{ security: Security, again: () => void }} props */
export function PasskeyCard({ security, again }) {
  const [codes, setCodes] = useState(/** @type {string[] | null} */ (null));
  const { busy, said, save } = useSaving();
  async function add(/** @type {SubmitEvent} */ event) {
    const name = String(fieldsOf(event).get("name")).trim();
    const made = await save(async () => {
      const { step, options } = await confirmed(() => post("/me/passkeys/options", {}));
      return post("/me/passkeys", { step, name, passkey: await makePasskey(options) });
    }, t("passkey.added"));
    if (made?.recovery.length) setCodes(made.recovery);
    else if (made) again();
  }
  async function drop(/** @type {number} */ id) {
    if (await save(() => confirmed(() => remove(`/me/passkeys/${id}`)), t("passkey.removed"))) again();
  }
  return html`<section class="card" data-testid="passkey-card"><h2>${t("passkey.title")}</h2><p>${t("passkey.about")}</p>
    ${codes && html`<${Codes} codes=${codes} done=${() => { setCodes(null); again(); }} />`}
    <ul class="rows">${security.passkeys.map((one) => html`<${Row} key=${one.id} one=${one} drop=${() => drop(one.id)} />`)}</ul>
    ${passkeysWork() ? html`<form onSubmit=${add}><label>${t("passkey.name")}<input name="name" required maxlength="60" placeholder=${t("passkey.example")} /></label>
      <p><button type="submit" class="primary" disabled=${busy} data-testid="passkey-add">${t("passkey.add")}</button></p></form>` : html`<p class="soft">${t("passkey.impossible")}</p>`}
    <${Note} said=${said} /></section>`;
}
