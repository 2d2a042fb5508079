// @ts-check
/** The log-in page. */
import { html, render, useState } from "../html.js";
import { get, post } from "../api.js";
import { returnTarget } from "../entrance.js";
import { adopt } from "../session.js";
import { t } from "../language.js";
import { problemWords } from "../wording.js";
import { Card } from "./card.js";

function Login() {
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const [waiting, setWaiting] = useState(false);
  async function submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const { login, password } = Object.fromEntries(new FormData(form));
    setWaiting(true);
    try {
      const session = await post("/session", { login: String(login).trim(), password });
      adopt(session);
      location.replace(returnTarget(session, location.hash));
    } catch (error) {
      setProblem(error);
      setWaiting(false);
    }
  }
  document.title = `${t("login.title")} · ${t("app.name")}`;
  return html`<${Card} title=${t("login.title")}>
    <form onSubmit=${submit} data-testid="login-form">
      <label>${t("login.login")}<input name="login" autocomplete="username" autocapitalize="none" spellcheck=${false} required autofocus /></label>
      <label>${t("login.password")}<input name="password" type="password" autocomplete="current-password" required /></label>
      <p role="alert" class="refusal" data-testid="login-problem">${problem && problemWords(problem)}</p>
      <button type="submit" class="primary big" disabled=${waiting}>${t(waiting ? "login.busy" : "login.submit")}</button>
    </form>
    <p class="soft">${t("login.no_account")}</p>
  <//>`;
}

async function start() {
  render(html`<${Login} />`, /** @type {Element} */ (document.getElementById("app")));
  // Somebody already logged in need not do it again.
  const session = await get("/session").catch(() => null);
  if (session) location.replace(returnTarget(session, location.hash));
}

start();
