// @ts-check
/** The dialog "is it still you?": a password, the app's code or a passkey. */
import { html, render, useEffect, useRef, useState } from "../html.js";
import { post } from "../api.js";
import { t, teach } from "../language.js";
import { CONFIRM } from "../../messages/confirm.js";
import { problemWords } from "../wording.js";
import { passkeysWork, showPasskey } from "./passkey.js";

teach(CONFIRM);

/** @typedef {{ ways: string[], step: string | null, passkey: any }} Ways */

/** @type {Promise<boolean> | null} */
let asking = null;

/** Whether the reader proved to be there. Several who ask at once share one dialog. @returns {Promise<boolean>} */
export function confirmAgain() {
  asking ??= open().finally(() => { asking = null; });
  return asking;
}

/** @returns {Promise<boolean>} */
async function open() {
  const ways = await post("/session/confirm/options", {});
  const place = document.createElement("div");
  document.body.append(place);
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const proved = await new Promise((done) => { render(html`<${Dialog} ways=${ways} done=${done} />`, place); });
  render(null, place);
  place.remove();
  before?.focus?.();
  return proved;
}

/** @param {{ ways: Ways, done: (proved: boolean) => void }} props */
function Dialog({ ways, done }) {
  const frame = useRef(/** @type {any} */ (null));
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => { frame.current.showModal(); }, []);
  async function prove(/** @type {() => Promise<any>} */ proof) {
    setBusy(true);
    try {
      await post("/session/confirm", await proof());
      done(true);
    } catch (error) {
      setProblem(problemWords(error));
      setBusy(false);
    }
  }
  const typed = ways.ways.includes("password") ? "password" : ways.ways.includes("totp") ? "code" : "";
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    return prove(async () => ({ [typed]: String(fields.get(typed)) }));
  };
  const byPasskey = () => prove(async () => ({ step: ways.step, passkey: await showPasskey(ways.passkey) }));
  return html`<dialog class="card confirm" ref=${frame} aria-labelledby="confirm-title" data-testid="confirm-dialog" onCancel=${() => done(false)}>
    <h2 id="confirm-title">${t("confirm.title")}</h2><p class="soft">${t("confirm.about")}</p>
    ${ways.ways.includes("passkey") && passkeysWork() && html`<p><button type="button" class="primary" disabled=${busy} onClick=${byPasskey}>${t("confirm.passkey")}</button></p>`}
    ${typed && html`<form onSubmit=${submit}>
      ${typed === "password"
        ? html`<label>${t("login.password")}<input name="password" type="password" autocomplete="current-password" required autofocus /></label>`
        : html`<label>${t("confirm.code")}<input name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus /></label>`}
      <p><button type="submit" class="primary" disabled=${busy} data-testid="confirm-submit">${t("confirm.submit")}</button></p></form>`}
    ${!typed && html`<p>${t("confirm.elsewhere")}</p>`}
    <p role="alert" class="refusal" data-testid="confirm-problem">${problem}</p>
    <p><button type="button" onClick=${() => done(false)}>${t("confirm.leave")}</button></p>
  </dialog>`;
}
