// @ts-check
/** The weekly shifts of a station, and who stands in; for administrators. */
import { html, useState } from "../html.js";
import { post, remove } from "../api.js";
import { serverNow } from "../live/store.js";
import { t, tWord } from "../language.js";
import { localDay, zoneInUse } from "../format.js";
import { useRemote } from "../parts/remote.js";
import { fromField } from "../parts/local-time.js";
import { Note, fieldsOf, useSaving } from "../parts/saving.js";
import { Sure } from "../parts/sure.js";
import { Overrides, Rotations } from "./rotations.js";
import { People, Roles } from "./roster-fields.js";

const DAYS = [1, 2, 3, 4, 5, 6, 7];

/** @typedef {{ id: number, role: string, account: { id: number, name: string }, days: number[], from_time: string, until_time: string }} Shift */
/** @typedef {import("./roster-fields.js").Somebody} Somebody */

/** @param {{ station: number, changed: () => void }} props */
export function Roster({ station, changed }) {
  const path = `/stations/${station}`;
  const shifts = useRemote(`${path}/shifts`);
  const people = /** @type {{ items: Somebody[] } | null} */ (useRemote(`${path}/people`).data)?.items ?? [];
  const [added, setAdded] = useState(0);
  const { said, save } = useSaving();
  const run = (/** @type {() => Promise<unknown>} */ ask) => save(ask).then((done) => { if (done) { shifts.again(); setAdded((n) => n + 1); changed(); } });
  if (!shifts.data) return null;
  const items = /** @type {{ items: Shift[] }} */ (shifts.data).items;
  return html`<section class="card wide" data-testid="roster"><h2>${t("duty.shifts")}</h2>
    <ul class="plain">${items.map((one) => html`<li key=${one.id} class="shift"><span><strong>${one.account.name}</strong> ${tWord("role", one.role)}${" "}
      · ${one.days.map((day) => tWord("weekday", String(day))).join(" ")} · ${one.from_time.slice(0, 5)}–${one.until_time.slice(0, 5)}</span>
      <${Sure} words=${t("form.remove")} about=${one.account.name} run=${() => run(() => remove(`${path}/shifts/${one.id}`))} /></li>`)}</ul>
    <${Note} said=${said} />
    ${people.length > 0 && html`<${AddShift} people=${people} add=${(/** @type {unknown} */ body) => run(() => post(`${path}/shifts`, body))} />`}</section>
  <${Rotations} station=${station} people=${people} changed=${changed} />
  <section class="card wide"><h2>${t("duty.overrides")}</h2><${Overrides} station=${station} mark=${added} changed=${changed} />
    ${people.length > 0 && html`<${StandIn} people=${people} add=${(/** @type {unknown} */ body) => run(() => post(`${path}/overrides`, body))} />`}</section>`;
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
    <fieldset class="days"><legend>${t("duty.days")}</legend>${DAYS.map((day) => html`<label key=${day} class="inline-check"><input type="checkbox" name="days" value=${day} defaultChecked=${day < 6} />${tWord("weekday", String(day))}</label>`)}</fieldset>
    <label>${t("duty.from")}<input type="time" name="from" required value="08:00" /></label><label>${t("duty.to")}<input type="time" name="to" required value="20:00" /></label>
    <label>${t("duty.first")}<input type="date" name="first" required value=${localDay(new Date(serverNow()).toISOString(), zoneInUse())} /></label>
    <button type="submit" class="primary">${t("duty.add")}</button></form></details>`;
}

/** @param {{ people: Somebody[], add: (body: unknown) => void }} props */
function StandIn({ people, add }) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    const fields = fieldsOf(event);
    const at = (/** @type {string} */ name) => fromField(String(fields.get(name)), zoneInUse());
    add({ role: fields.get("role"), account_id: Number(fields.get("account")) || null, replaces: Number(fields.get("replaces")) || null,
      from: at("from"), until: at("to"), reason: fields.get("reason") });
  };
  return html`<details><summary>${t("duty.stand_in")}</summary><form class="form-grid" onSubmit=${submit} data-testid="stand-in">
    <${Roles} /><label>${t("duty.person")}<${People} people=${people} name="account" empty=${t("duty.nobody_comes")} /></label>
    <label>${t("duty.instead")}<${People} people=${people} name="replaces" empty=${t("duty.anyone")} /></label>
    <label>${t("duty.from")}<input type="datetime-local" name="from" required /></label><label>${t("duty.to")}<input type="datetime-local" name="to" required /></label>
    <label>${t("duty.reason")}<input name="reason" maxlength="200" /></label>
    <button type="submit" class="primary">${t("duty.stand_in")}</button></form></details>`;
}
