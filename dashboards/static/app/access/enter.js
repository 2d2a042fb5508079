// @ts-check
/** The page behind an invitation link: says what it is for, and makes the account. */
import { html, render, useEffect, useState } from "../html.js";
import { get, post } from "../api.js";
import { homeOf } from "../entrance.js";
import { adopt } from "../session.js";
import { t, tWord, language, nameOf } from "../language.js";
import { dayTime } from "../format.js";
import { problemWords } from "../wording.js";
import { Card } from "./card.js";
import { Second } from "./second.js";

/** @typedef {{ role: string, station: { id: number, name: string } | null, resident: { id: number, name: string } | null, expires_at: string }} Offer */

const SHORTEST_PASSWORD = 10;
const RESET = "reset.";
const word = location.hash.slice(1);
const resets = word.startsWith(RESET);
const code = resets ? word.slice(RESET.length) : word;

/** @param {{ offer: Offer }} props */
function Purpose({ offer }) {
  const role = tWord("role", offer.role);
  const sentence = offer.resident ? t("enter.role_resident", { name: offer.resident.name })
    : offer.station ? t("enter.role_station", { role, place: nameOf(offer.station) })
    : t("enter.role_all", { role });
  return html`<p class="purpose" data-testid="enter-purpose">${sentence}<br />
    <span class="soft">${t("enter.expires", { time: dayTime(offer.expires_at, language.value) })}</span></p>`;
}

/** @param {{ offer: Offer }} props */
function Form({ offer }) {
  const [problem, setProblem] = useState("");
  const [waiting, setWaiting] = useState(false);
  async function submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.target)));
    if (String(fields.password).length < SHORTEST_PASSWORD) return setProblem(t("enter.password_short"));
    setWaiting(true);
    try {
      const session = await post("/invitations/redeem", {
        code, name: String(fields.name).trim(), login: String(fields.login).trim(),
        password: fields.password, language: language.value,
      });
      adopt(session);
      location.replace(homeOf(session));
    } catch (error) {
      setProblem(problemWords(error));
      setWaiting(false);
    }
  }
  return html`<form onSubmit=${submit} data-testid="enter-form">
    <${Purpose} offer=${offer} />
    <label>${t("enter.name")}<input name="name" autocomplete="name" required maxlength="80" autofocus /></label>
    <label>${t("enter.login")}<input name="login" autocomplete="username" autocapitalize="none" spellcheck=${false} required aria-describedby="login-hint" /></label>
    <p class="hint" id="login-hint">${t("enter.login_hint")}</p>
    <label>${t("enter.password")}<input name="password" type="password" autocomplete="new-password" required aria-describedby="password-hint" /></label>
    <p class="hint" id="password-hint">${t("enter.password_hint")}</p>
    <p role="alert" class="refusal">${problem}</p>
    <button type="submit" class="primary big" disabled=${waiting}>${t("enter.submit")}</button>
  </form>`;
}

/** A new password for an account that is there. @param {{ offer: { login: string, second_factor: boolean } }} props */
function NewPassword({ offer }) {
  const [problem, setProblem] = useState("");
  const [half, setHalf] = useState(/** @type {any} */ (null));
  const enter = (/** @type {any} */ session) => { adopt(session); location.replace(homeOf(session)); };
  async function submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const password = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("password"));
    if (password.length < SHORTEST_PASSWORD) return setProblem(t("enter.password_short"));
    await post("/resets/redeem", { code, password }).then(enter, (error) => (error.code === "second-factor" ? setHalf(error.body) : setProblem(problemWords(error))));
  }
  if (half) return html`<${Second} half=${half} done=${enter} again=${() => location.assign("/login")} />`;
  return html`<form onSubmit=${submit} data-testid="reset-form">
    <p class="purpose">${t(offer.second_factor ? "reset.both" : "reset.password", { login: offer.login })}</p>
    <input class="unseen" type="text" name="username" autocomplete="username" value=${offer.login} readonly tabindex="-1" aria-hidden="true" />
    <label>${t("reset.new")}<input name="password" type="password" autocomplete="new-password" required aria-describedby="password-hint" autofocus /></label>
    <p class="hint" id="password-hint">${t("enter.password_hint")}</p>
    <p role="alert" class="refusal">${problem}</p>
    <button type="submit" class="primary big">${t("reset.submit")}</button>
  </form>`;
}

/** Come in by the city's own log-in instead of a password. */
function ByProvider() {
  const [name, setName] = useState("");
  const [problem, setProblem] = useState("");
  useEffect(() => { get("/provider").then((ways) => setName(ways.provider ?? ""), () => {}); }, []);
  const go = () => post("/provider/start", { invitation: code }).then(({ url }) => location.assign(url), (error) => setProblem(problemWords(error)));
  if (!name) return null;
  return html`<p><button type="button" class="big" onClick=${go}>${t("login.provider", { name })}</button></p><p role="alert" class="refusal">${problem}</p>`;
}

function Enter() {
  const [offer, setOffer] = useState(/** @type {any} */ (null));
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  useEffect(() => { post(resets ? "/resets/look" : "/invitations/look", { code }).then(setOffer, setProblem); }, []);
  const dead = problem !== null && problem.code !== "unreachable";
  const title = t(dead ? "enter.bad_title" : resets ? "reset.title" : "enter.title");
  document.title = `${title} · ${t("app.name")}`;
  return html`<${Card} title=${title}>
    ${offer && (resets ? html`<${NewPassword} offer=${offer} />` : html`<${Form} offer=${offer} /><${ByProvider} />`)}
    ${problem && html`<p role="alert" data-testid="enter-problem">${dead ? t("enter.bad") : problemWords(problem)}</p>`}
    ${!offer && !problem && html`<p class="soft">${t("app.loading")}</p>`}
    <p><a href="/login">${t("enter.have_account")}</a></p>
  <//>`;
}

// Another link pasted into the same tab changes only what stands behind the #.
addEventListener("hashchange", () => location.reload());
render(html`<${Enter} />`, /** @type {Element} */ (document.getElementById("app")));
