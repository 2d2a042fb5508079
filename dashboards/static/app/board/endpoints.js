// @ts-check
/** Where a station is reached beside its board and its console; for administrators. */
import { html, useState } from "../html.js";
import { post, remove } from "../api.js";
import { confirmed } from "../access/confirm.js";
import { t, tWord, language, teach } from "../language.js";
import { RULES } from "../../messages/rules.js";
import { dayTime } from "../format.js";
import { problemWords } from "../wording.js";
import { useRemote } from "../parts/remote.js";
import { Note, fieldsOf, useSaving } from "../parts/saving.js";
import { Sure } from "../parts/sure.js";
import { useStation } from "./station-choice.js";

teach(RULES);

/** @typedef {import("../../../types/contract.js").Endpoint} Endpoint */

const CHANNELS = /** @type {const} */ (["apprise", "webhook", "cloudevents", "cloudevents_binary"]);
const PRIORITIES = /** @type {const} */ (["low", "medium", "high"]);

export function Endpoints() {
  const { station, chooser } = useStation();
  return html`<section class="records scrolling"><header class="records-head"><h1>${t("reach.title")}</h1>${chooser}<p class="soft about">${t("reach.about")}</p></header>
    ${station !== null && html`<${OfStation} key=${station} station=${station} />`}</section>`;
}

/** @param {{ station: number }} props */
function OfStation({ station }) {
  const path = `/stations/${station}/endpoints`;
  const { data, error, again } = useRemote(path);
  const [secret, setSecret] = useState("");
  const items = /** @type {{ items: Endpoint[] } | null} */ (data)?.items;
  if (error && !items) return html`<p class="empty" role="alert">${problemWords(error)}</p>`;
  if (!items) return html`<p class="empty">${t("app.loading")}</p>`;
  return html`<div class="cards-2"><section class="card" data-testid="endpoints"><h2>${t("reach.now")}</h2>
      ${!items.length && html`<p class="soft">${t("reach.none")}</p>`}
      <ul class="plain">${items.map((one) => html`<${Row} key=${one.id} one=${one} path=${path} again=${again} />`)}</ul></section>
    <section class="card"><h2>${t("reach.add")}</h2><${Add} path=${path} made=${(/** @type {string} */ given) => { setSecret(given); again(); }} />
      ${secret && html`<label>${t("reach.secret")}<input readonly value=${secret} data-testid="endpoint-secret" onFocus=${(/** @type {any} */ event) => event.target.select()} /></label><p class="hint">${t("reach.secret_once")}</p>`}</section></div>`;
}

/** @param {{ one: Endpoint, path: string, again: () => void }} props */
function Row({ one, path, again }) {
  const { busy, said, say, save } = useSaving();
  async function check() {
    const answer = await save(() => post(`${path}/${one.id}/test`, {}));
    if (answer) say({ words: t("reach.tried", { outcome: tWord("tried", answer.outcome), detail: answer.detail }), bad: answer.outcome !== "sent" });
    again();
  }
  const drop = () => save(() => remove(`${path}/${one.id}`)).then(again);
  const name = one.label || one.shown;
  return html`<li class="silence" data-testid="endpoint"><div><strong>${name}</strong> <span class="soft">${tWord("channel", one.channel)} · ${one.shown}</span>
      <p class=${one.failures ? "alarming" : "soft"}>${one.failures ? t("reach.fails", { count: one.failures }) : one.last_ok_at ? t("reach.works", { time: dayTime(one.last_ok_at, language.value) }) : t("reach.untried")}
      ${one.least && one.least !== "low" && html` · ${t("reach.least_is", { priority: tWord("priority", one.least) })}`}</p><${Note} said=${said} /></div>
    <span class="sure"><button type="button" disabled=${busy} aria-label=${`${t("reach.try")}: ${name}`} data-testid="endpoint-try" onClick=${check}>${t("reach.try")}</button>
      <${Sure} words=${t("form.remove")} about=${name} run=${drop} /></span></li>`;
}

/** @param {{ path: string, made: (secret: string) => void }} props */
function Add({ path, made }) {
  const [channel, setChannel] = useState("apprise");
  const { busy, said, save } = useSaving();
  async function submit(/** @type {SubmitEvent} */ event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const fields = fieldsOf(event);
    const quiet = (/** @type {string} */ name) => fields.get(name) || null;
    const wish = { channel, address: fields.get("address"), label: fields.get("label"), least: fields.get("least"), language: fields.get("language"),
      rank: Number(fields.get("rank")), quiet_from: quiet("quiet_from"), quiet_until: quiet("quiet_until") };
    const answer = await save(() => confirmed(() => post(path, wish)), t("reach.added"));
    if (answer) { form.reset(); made(answer.secret ?? ""); }
  }
  return html`<form class="form-column" onSubmit=${submit} data-testid="add-endpoint">
    <div class="form-grid"><label>${t("reach.channel")}<select value=${channel} onChange=${(/** @type {any} */ event) => setChannel(event.target.value)} data-testid="endpoint-channel">${CHANNELS.map((one) => html`<option key=${one} value=${one}>${tWord("channel", one)}</option>`)}</select></label>
      <label>${t("reach.label")}<input name="label" maxlength="60" /></label></div>
    <label>${t("reach.address")}<input name="address" required minlength="4" maxlength="1000" autocomplete="off" spellcheck=${false} data-testid="endpoint-address" /></label>
    <p class="hint">${t(channel !== "apprise" ? "reach.webhook_hint" : "reach.apprise_hint")}</p>
    <div class="form-grid"><label>${t("reach.least")}<select name="least">${PRIORITIES.map((one) => html`<option key=${one} value=${one}>${tWord("priority", one)}</option>`)}</select></label>
      <label>${t("reach.language")}<select name="language"><option value="zh">${t("reach.zh")}</option><option value="en">${t("reach.en")}</option></select></label>
      <label>${t("reach.rank")}<input type="number" name="rank" min="1" max="9" required value="1" /></label>
      <label>${t("policies.quiet_from")}<input type="time" name="quiet_from" /></label><label>${t("policies.quiet_until")}<input type="time" name="quiet_until" /></label></div>
    <button type="submit" class="primary" disabled=${busy} data-testid="endpoint-add">${t("reach.add")}</button><${Note} said=${said} /></form>`;
}
