// @ts-check
/** The weekly shifts of a station, and somebody standing in; for administrators. */
import { html, useState } from "../html.js";
import { post, remove } from "../api.js";
import { serverNow } from "../live/store.js";
import { t, tWord } from "../language.js";
import { problemWords } from "../wording.js";
import { useRemote } from "../parts/remote.js";

const ROLES = /** @type {const} */ (["operator", "responder", "volunteer", "rescue"]);
const DAYS = [1, 2, 3, 4, 5, 6, 7];

/** @typedef {{ id: number, role: string, account: { id: number, name: string }, days: number[], from_time: string, until_time: string }} Shift */
/** @typedef {{ id: number, name: string }} Somebody */

/** @param {{ station: number, changed: () => void }} props */
export function Roster({ station, changed }) {
  const shifts = useRemote(`/stations/${station}/shifts`);
  const people = /** @type {{ items: Somebody[] } | null} */ (useRemote(`/stations/${station}/people`).data)?.items ?? [];
  const [problem, say] = useState("");
  const done = () => { say(""); shifts.again(); changed(); };
  const run = (/** @type {Promise<unknown>} */ asked) => asked.then(done, (error) => say(problemWords(error)));
  if (!shifts.data) return null;
  const items = /** @type {{ items: Shift[] }} */ (shifts.data).items;
  return html`<section class="card wide" data-testid="roster"><h2>${t("duty.shifts")}</h2>
    <ul class="plain">${items.map((one) => html`<li key=${one.id} class="shift"><span><strong>${one.account.name}</strong> ${tWord("role", one.role)}${" "}
      · ${one.days.map((day) => tWord("weekday", String(day))).join(" ")} · ${one.from_time.slice(0, 5)}–${one.until_time.slice(0, 5)}</span>
      <button type="button" aria-label=${`${t("duty.remove")}: ${one.account.name}`} onClick=${() => run(remove(`/stations/${station}/shifts/${one.id}`))}>${t("duty.remove")}</button></li>`)}</ul>
    <p role="alert" class="refusal">${problem}</p>
    ${people.length > 0 && html`<${AddShift} people=${people} add=${(/** @type {unknown} */ body) => run(post(`/stations/${station}/shifts`, body))} />
      <${StandIn} people=${people} add=${(/** @type {unknown} */ body) => run(post(`/stations/${station}/overrides`, body))} />`}
  </section>`;
}

/** @param {{ people: Somebody[], name: string, empty?: string }} props */
const People = ({ people, name, empty }) => html`<select name=${name} required=${!empty}>
  ${empty && html`<option value="">${empty}</option>`}${people.map((one) => html`<option key=${one.id} value=${one.id}>${one.name}</option>`)}</select>`;

const Roles = () => html`<label>${t("duty.role")}<select name="role">${ROLES.map((role) => html`<option key=${role} value=${role}>${tWord("role", role)}</option>`)}</select></label>`;

/** @param {SubmitEvent} event */
function fieldsOf(event) {
  event.preventDefault();
  return new FormData(/** @type {HTMLFormElement} */ (event.target));
}

/** @param {{ people: Somebody[], add: (body: unknown) => void }} props */
function AddShift({ people, add }) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    const fields = fieldsOf(event);
    add({ role: fields.get("role"), account_id: Number(fields.get("account")), days: fields.getAll("days").map(Number),
      from_time: fields.get("from"), until_time: fields.get("to"), first_day: fields.get("first"), last_day: null, holidays: "as_usual" });
  };
  return html`<details><summary>${t("duty.add")}</summary><form class="form-grid" onSubmit=${submit} data-testid="add-shift">
    <${Roles} /><label>${t("duty.person")}<${People} people=${people} name="account" /></label>
    <fieldset class="days"><legend>${t("duty.days")}</legend>${DAYS.map((day) => html`<label key=${day} class="inline-check"><input type="checkbox" name="days" value=${day} checked=${day < 6} />${tWord("weekday", String(day))}</label>`)}</fieldset>
    <label>${t("duty.from")}<input type="time" name="from" required value="08:00" /></label><label>${t("duty.to")}<input type="time" name="to" required value="20:00" /></label>
    <label>${t("duty.first")}<input type="date" name="first" required value=${new Date(serverNow()).toISOString().slice(0, 10)} /></label>
    <button type="submit" class="primary">${t("duty.add")}</button></form></details>`;
}

/** @param {{ people: Somebody[], add: (body: unknown) => void }} props */
function StandIn({ people, add }) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    const fields = fieldsOf(event);
    add({ role: fields.get("role"), account_id: Number(fields.get("account")), replaces: Number(fields.get("replaces")) || null,
      from: new Date(String(fields.get("from"))).toISOString(), until: new Date(String(fields.get("to"))).toISOString(), reason: fields.get("reason") });
  };
  return html`<details><summary>${t("duty.stand_in")}</summary><form class="form-grid" onSubmit=${submit}>
    <${Roles} /><label>${t("duty.person")}<${People} people=${people} name="account" /></label>
    <label>${t("duty.instead")}<${People} people=${people} name="replaces" empty=${t("duty.anyone")} /></label>
    <label>${t("duty.from")}<input type="datetime-local" name="from" required /></label><label>${t("duty.to")}<input type="datetime-local" name="to" required /></label>
    <label>${t("duty.reason")}<input name="reason" maxlength="200" /></label>
    <button type="submit" class="primary">${t("duty.stand_in")}</button></form></details>`;
}
