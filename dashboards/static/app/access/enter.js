// @ts-check
/** The page behind an invitation link: says what it is for, and makes the account. */
import { html, render, useEffect, useState } from "../html.js";
import { post } from "../api.js";
import { homeOf } from "../entrance.js";
import { adopt } from "../session.js";
import { t, tWord, language, nameOf } from "../language.js";
import { dayTime } from "../format.js";
import { problemWords } from "../wording.js";
import { Card } from "./card.js";

/** @typedef {{ role: string, station: { id: number, name: string } | null, resident: { id: number, name: string } | null, expires_at: string }} Offer */

const SHORTEST_PASSWORD = 10;
const code = location.hash.slice(1);

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

function Enter() {
  const [offer, setOffer] = useState(/** @type {Offer | null} */ (null));
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  useEffect(() => { post("/invitations/look", { code }).then(setOffer, setProblem); }, []);
  const dead = problem !== null && problem.code !== "unreachable";
  const title = t(dead ? "enter.bad_title" : "enter.title");
  document.title = `${title} · ${t("app.name")}`;
  return html`<${Card} title=${title}>
    ${offer && html`<${Form} offer=${offer} />`}
    ${problem && html`<p role="alert" data-testid="enter-problem">${dead ? t("enter.bad") : problemWords(problem)}</p>`}
    ${!offer && !problem && html`<p class="soft">${t("app.loading")}</p>`}
    <p><a href="/login">${t("enter.have_account")}</a></p>
  <//>`;
}

// Another link pasted into the same tab changes only what stands behind the #.
addEventListener("hashchange", () => location.reload());
render(html`<${Enter} />`, /** @type {Element} */ (document.getElementById("app")));
