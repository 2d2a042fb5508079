// @ts-check
/** The second half of a log-in: the app's code, a passkey or a recovery code. */
import { html, useState } from "../html.js";
import { post } from "../api.js";
import { t } from "../language.js";
import { problemWords } from "../wording.js";
import { passkeysWork, showPasskey } from "./passkey.js";

/** @typedef {{ step: string, ways: string[], passkey: any }} Half */

/** @param {{ half: Half, done: (session: any) => void, again: () => void }} props */
export function Second({ half, done, again }) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [lost, setLost] = useState(!half.ways.includes("totp") && !passkeysWork());
  async function send(/** @type {() => Promise<any>} */ proof) {
    setBusy(true);
    try {
      done(await post("/session/second", { step: half.step, ...(await proof()) }));
    } catch (error) {
      if (/** @type {any} */ (error).code === "step-over") return again();
      setProblem(problemWords(error));
      setBusy(false);
    }
  }
  const field = lost ? "recovery" : "code";
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    return send(async () => ({ [field]: String(fields.get(field)) }));
  };
  const passkey = half.ways.includes("passkey") && passkeysWork();
  return html`<div data-testid="second-factor">
    <p class="soft">${t("second.about")}</p>
    ${passkey && html`<p><button type="button" class="primary big" disabled=${busy} data-testid="second-passkey"
      onClick=${() => send(async () => ({ passkey: await showPasskey(half.passkey) }))}>${t("second.passkey")}</button></p>`}
    ${(lost || half.ways.includes("totp")) && html`<form key=${field} onSubmit=${submit}>
      ${lost ? html`<label>${t("second.recovery")}<input name="recovery" autocomplete="off" autocapitalize="none" spellcheck=${false} required autofocus /></label>`
        : html`<label>${t("second.code")}<input name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus /></label>`}
      <button type="submit" class="primary big" disabled=${busy}>${t("login.submit")}</button></form>`}
    <p role="alert" class="refusal" data-testid="second-problem">${problem}</p>
    ${half.ways.includes("recovery") && html`<p><button type="button" class="quiet" data-testid="second-lost" onClick=${() => setLost(!lost)}>${t(lost ? "second.found" : "second.lost")}</button></p>`}
    <p class="soft">${t("second.help")}</p>
  </div>`;
}
