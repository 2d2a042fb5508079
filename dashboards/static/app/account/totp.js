// @ts-check
/** The authenticator app: set up with a picture and a first code, removed, and its recovery codes. */
import { html, useState } from "../html.js";
import { post, remove } from "../api.js";
import { confirmed } from "../access/confirm.js";
import { t } from "../language.js";
import { Note, fieldsOf, useSaving } from "../parts/saving.js";
import { Sure } from "../parts/sure.js";
import { Codes } from "./codes.js";

/** @typedef {import("./own.js").Security} Security */
/** @typedef {{ secret: string, uri: string, qr: string }} Begun */

/** @param {{ begun: Begun, done: (codes: string[]) => void }} props */
function SetUp({ begun, done }) {
  const { busy, said, save } = useSaving();
  async function submit(/** @type {SubmitEvent} */ event) {
    const code = String(fieldsOf(event).get("code"));
    const answer = await save(() => confirmed(() => post("/me/totp/confirm", { code })));
    if (answer) done(answer.codes);
  }
  return html`<ol class="plain"><li>${t("totp.scan")}<br /><img class="qr" src=${begun.qr} alt=${t("totp.picture")} data-testid="totp-qr" /></li>
      <li>${t("totp.typed")} <span class="secret" data-testid="totp-secret">${begun.secret}</span></li></ol>
    <form onSubmit=${submit}><label>${t("totp.code")}<input name="code" inputmode="numeric" autocomplete="one-time-code" required /></label>
      <p><button type="submit" class="primary" disabled=${busy} data-testid="totp-confirm">${t("totp.confirm")}</button></p><${Note} said=${said} /></form>`;
}

/** @param {{ security: Security, again: () => void }} props */
export function AppCard({ security, again }) {
  const [begun, setBegun] = useState(/** @type {Begun | null} */ (null));
  const [codes, setCodes] = useState(/** @type {string[] | null} */ (null));
  const { busy, said, save } = useSaving();
  async function begin() {
    const answer = await save(() => confirmed(() => post("/me/totp", {})));
    if (answer) setBegun(answer);
  }
  async function renew() {
    const answer = await save(() => confirmed(() => post("/me/recovery-codes", {})));
    if (answer) setCodes(answer.codes);
  }
  const drop = async () => { if (await save(() => confirmed(() => remove("/me/totp")), t("totp.removed"))) again(); };
  const finished = (/** @type {string[]} */ made) => { setBegun(null); if (made.length) setCodes(made); else again(); };
  const secured = security.totp || security.passkeys.length > 0;
  return html`<section class="card" data-testid="totp-card"><h2>${t("totp.title")}</h2>
    ${codes && html`<${Codes} codes=${codes} done=${() => { setCodes(null); again(); }} />`}
    ${security.totp ? html`<p class="is-good" data-testid="totp-on">${t("totp.on")}</p>` : html`<p>${t("totp.about")}</p>`}
    ${begun && html`<${SetUp} begun=${begun} done=${finished} />`}
    <p class="acts">
      ${!security.totp && !begun && !codes && html`<button type="button" class="primary" disabled=${busy} data-testid="totp-begin" onClick=${begin}>${t("totp.begin")}</button>`}
      ${security.totp && html`<${Sure} words=${t("totp.remove")} about=${t("totp.title")} run=${drop} />`}
      ${secured && !codes && html`<button type="button" disabled=${busy} onClick=${renew}>${t("codes.renew", { n: security.recovery_left })}</button>`}</p>
    <${Note} said=${said} /></section>`;
}
