// @ts-check
/** Tokens of machines: made, listed, revoked. */
import { html, useState } from "../html.js";
import { post, remove } from "../api.js";
import { confirmed } from "../access/confirm.js";
import { t, isKey, language, nameOf } from "../language.js";
import { dayTime } from "../format.js";
import { problemWords } from "../wording.js";
import { useRemote } from "../parts/remote.js";
import { Note, fieldsOf, useSaving } from "../parts/saving.js";
import { Sure } from "../parts/sure.js";
import { StationChoice } from "./new-person.js";

/** @typedef {{ id: number, name: string, tail: string, actions: string[], station: { name: string, name_en: string } | null, expires_at: string, used_at: string | null, revoked_at: string | null }} Token */

/** An action in words where there are some, else as the API calls it. @param {string} action */
function actionWords(action) {
  const key = `may.${action}`;
  return isKey(key) ? t(key) : action;
}

/** @param {{ one: Token, revoke: () => void }} props */
function Row({ one, revoke }) {
  const place = one.station ? nameOf(one.station) : t("accounts.everything");
  const used = one.used_at ? t("tokens.used", { time: dayTime(one.used_at, language.value) }) : t("tokens.unused");
  return html`<li class=${one.revoked_at ? "off" : ""} data-testid="token-row"><div><strong>${one.name}</strong> <span class="secret">…${one.tail}</span> · ${place}<br />
      <span class="soft">${one.actions.map(actionWords).join(" · ")}</span><br /><span class="soft">${used} · ${t("tokens.until", { time: dayTime(one.expires_at, language.value) })}</span></div>
    ${one.revoked_at ? html`<span class="is-bad">${t("tokens.revoked")}</span>` : html`<${Sure} words=${t("tokens.revoke")} about=${one.name} run=${revoke} />`}</li>`;
}

/** @param {{ actions: string[], done: (token: string) => void }} props */
function NewToken({ actions, done }) {
  const { busy, said, save } = useSaving();
  async function submit(/** @type {SubmitEvent} */ event) {
    const fields = fieldsOf(event);
    const wish = { name: String(fields.get("name")).trim(), station_id: Number(fields.get("station")), actions: fields.getAll("action"), days: Number(fields.get("days")) };
    const answer = await save(() => confirmed(() => post("/tokens", wish)));
    if (answer) done(answer.token);
  }
  return html`<section class="card"><h2>${t("tokens.new")}</h2><p>${t("tokens.about")}</p>
    <form class="wide-form" onSubmit=${submit}><label>${t("tokens.name")}<input name="name" required maxlength="80" /></label><${StationChoice} />
      <label>${t("tokens.days")}<input name="days" type="number" min="1" max="366" value="90" required /></label>
      <fieldset class="actions-given"><legend>${t("tokens.actions")}</legend>${actions.map((one) => html`<label key=${one} class="inline-check"><input type="checkbox" name="action" value=${one} /> ${actionWords(one)}</label>`)}</fieldset>
      <p><button type="submit" class="primary" disabled=${busy} data-testid="token-make">${t("tokens.make")}</button></p><${Note} said=${said} /></form></section>`;
}

export function Tokens() {
  const { data, error, again } = useRemote("/tokens");
  const [made, setMade] = useState("");
  const { said, save } = useSaving();
  if (error) return html`<p class="empty" role="alert">${problemWords(error)}</p>`;
  if (!data) return html`<p class="empty">${t("app.loading")}</p>`;
  const { items, actions } = /** @type {{ items: Token[], actions: string[] }} */ (data);
  const revoke = async (/** @type {number} */ id) => { if (await save(() => remove(`/tokens/${id}`))) again(); };
  return html`<h1>${t("account.tokens")}</h1>
    ${made && html`<div class="card notice" role="status"><p>${t("tokens.made")}</p><p class="secret" data-testid="token-made">${made}</p></div>`}
    <ul class="rows card">${items.map((one) => html`<${Row} key=${one.id} one=${one} revoke=${() => revoke(one.id)} />`)}${!items.length && html`<li>${t("tokens.none")}</li>`}</ul>
    <${Note} said=${said} /><${NewToken} actions=${actions} done=${(/** @type {string} */ token) => { setMade(token); again(); }} />`;
}
