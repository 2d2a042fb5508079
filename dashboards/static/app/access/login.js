// @ts-check
/** The log-in page: password, passkey or the city's own log-in, and the second factor where there is one. */
import { html, render, useEffect, useState } from "../html.js";
import { get, post } from "../api.js";
import { returnTarget } from "../entrance.js";
import { adopt } from "../session.js";
import { t } from "../language.js";
import { problemWords } from "../wording.js";
import { Card } from "./card.js";
import { passkeysWork, showPasskey } from "./passkey.js";
import { Second } from "./second.js";

/** @typedef {import("./second.js").Half} Half */

/** What an identity provider sent along, when somebody comes back from there. */
const [mark, sent] = location.hash.slice(1).split("=");
const wanted = mark === "step" || mark === "problem" ? "" : location.hash;

/** @param {any} session */
function enter(session) {
  adopt(session);
  location.replace(returnTarget(session, wanted));
}

/** @param {{ failed: (problem: any) => void, ways: { provider: string | null, passkey: boolean } }} props */
function OtherWays({ failed, ways }) {
  async function byPasskey() {
    try {
      const { step, options } = await post("/session/passkey/options", {});
      enter(await post("/session/passkey", { step, passkey: await showPasskey(options) }));
    } catch (error) {
      failed(error);
    }
  }
  const byProvider = () => post("/provider/start", {}).then(({ url }) => location.assign(url), failed);
  const passkey = ways.passkey && passkeysWork();
  if (!passkey && !ways.provider) return null;
  return html`<p class="other-ways">
    ${passkey && html`<button type="button" class="big" data-testid="login-passkey" onClick=${byPasskey}>${t("login.passkey")}</button>`}
    ${ways.provider && html`<button type="button" class="big" data-testid="login-provider" onClick=${byProvider}>${t("login.provider", { name: ways.provider })}</button>`}</p>`;
}

function Login() {
  const [problem, setProblem] = useState(/** @type {any} */ (mark === "problem" ? { code: sent } : null));
  const [waiting, setWaiting] = useState(false);
  const [half, setHalf] = useState(/** @type {Half | null} */ (null));
  const [ways, setWays] = useState({ provider: null, passkey: false });
  function failed(/** @type {any} */ error) {
    setWaiting(false);
    if (error.code === "second-factor") setHalf(error.body);
    else setProblem(error);
  }
  useEffect(() => {
    get("/provider").then(setWays, () => {});
    if (mark === "step") post("/session/step", { step: sent }).then(setHalf, failed);
    if (mark) history.replaceState(null, "", wanted ? location.href : "/login"); // a reload says it no second time
  }, []);
  async function submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const { login, password } = Object.fromEntries(new FormData(form));
    setWaiting(true);
    setProblem(null);
    await post("/session", { login: String(login).trim(), password }).then(enter, failed);
  }
  document.title = `${t("login.title")} · ${t("app.name")}`;
  if (half) return html`<${Card} title=${t("second.title")}><${Second} half=${half} done=${enter} again=${() => setHalf(null)} /><//>`;
  return html`<${Card} title=${t("login.title")}>
    <form onSubmit=${submit} data-testid="login-form">
      <label>${t("login.login")}<input name="login" autocomplete="username" autocapitalize="none" spellcheck=${false} required autofocus /></label>
      <label>${t("login.password")}<input name="password" type="password" autocomplete="current-password" required /></label>
      <p role="alert" class="refusal" data-testid="login-problem">${problem && problemWords(problem)}</p>
      <button type="submit" class="primary big" disabled=${waiting}>${t(waiting ? "login.busy" : "login.submit")}</button>
    </form>
    <${OtherWays} failed=${failed} ways=${ways} />
    <p class="soft">${t("login.no_account")}</p>
  <//>`;
}

async function start() {
  render(html`<${Login} />`, /** @type {Element} */ (document.getElementById("app")));
  if (mark === "step" || mark === "problem") return;
  // Somebody already logged in need not do it again.
  const session = await get("/session").catch(() => null);
  if (session) location.replace(returnTarget(session, wanted));
}

start();
