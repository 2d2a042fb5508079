// @ts-check
/** People by turns, and what is otherwise for a while; for administrators. */
import { html, useState } from "../html.js";
import { post, query, remove } from "../api.js";
import { serverNow } from "../live/store.js";
import { t, tWord, language } from "../language.js";
import { dayTime, shortDay, localDay, zoneInUse } from "../format.js";
import { useRemote } from "../parts/remote.js";
import { Note, fieldsOf, useSaving } from "../parts/saving.js";
import { Sure } from "../parts/sure.js";
import { Roles } from "./roster-fields.js";

/** @typedef {{ id: number, name: string }} Somebody */
/** @typedef {import("../../../types/contract.js").Rotation} Rotation */
/** @typedef {import("../../../types/contract.js").Override} Override */

const AHEAD_MS = 60 * 86_400_000;

/** @param {{ station: number, people: Somebody[], changed: () => void }} props */
export function Rotations({ station, people, changed }) {
  const path = `/stations/${station}/rotations`;
  const { data, again } = useRemote(path);
  const { said, save } = useSaving();
  const items = /** @type {{ items: Rotation[] } | null} */ (data)?.items;
  const run = (/** @type {() => Promise<unknown>} */ ask) => save(ask).then((done) => { if (done) { again(); changed(); } return done; });
  if (!items) return null;
  return html`<section class="card wide" data-testid="rotations"><h2>${t("duty.rotations")}</h2>
    ${!items.length && html`<p class="soft">${t("duty.no_rotations")}</p>`}
    <ul class="plain">${items.map((one) => html`<li key=${one.id} class="shift" data-testid="rotation"><span><strong>${one.people.map(({ name }) => name).join(" → ")}</strong> ${tWord("role", one.role)}${" "}
      · ${t("duty.every", { count: one.turn_days })} · ${hours(one)} · ${t("duty.since", { day: shortDay(`${one.first_day}T12:00:00Z`, language.value) })}</span>
      <${Sure} words=${t("form.remove")} about=${one.people.map(({ name }) => name).join(", ")} run=${() => run(() => remove(`${path}/${one.id}`))} /></li>`)}</ul>
    <${Note} said=${said} />
    ${people.length > 0 && html`<${AddRotation} people=${people} add=${(/** @type {unknown} */ body) => run(() => post(path, body))} />`}</section>`;
}

/** @param {{ from_time: string, until_time: string }} one */
const hours = (one) => (one.from_time === one.until_time ? t("duty.around", { time: one.from_time.slice(0, 5) }) : `${one.from_time.slice(0, 5)}–${one.until_time.slice(0, 5)}`);

/** @param {{ people: Somebody[], add: (body: unknown) => Promise<unknown> }} props */
function AddRotation({ people, add }) {
  const [members, setMembers] = useState(/** @type {number[]} */ ([]));
  const nameOf = (/** @type {number} */ id) => people.find((one) => one.id === id)?.name ?? "";
  async function submit(/** @type {SubmitEvent} */ event) {
    const fields = fieldsOf(event);
    const wish = { role: fields.get("role"), members, first_day: fields.get("first"), turn_days: Number(fields.get("turn")),
      from_time: fields.get("from"), until_time: fields.get("to"), last_day: null };
    if (await add(wish)) setMembers([]);
  }
  return html`<details><summary data-testid="add-rotation-open">${t("duty.add_rotation")}</summary><form class="form-grid" onSubmit=${submit} data-testid="add-rotation">
    <${Roles} />
    <fieldset class="days"><legend>${t("duty.turns")}</legend>
      <ol class="turns">${members.map((id, i) => html`<li key=${i}>${nameOf(id)} <button type="button" aria-label=${`${t("form.remove")}: ${nameOf(id)}`} onClick=${() => setMembers(members.filter((_, at) => at !== i))}>×</button></li>`)}</ol>
      <label>${t("duty.next_in_turn")}<select value="" data-testid="rotation-member" required=${!members.length} onChange=${(/** @type {any} */ event) => { if (event.target.value) setMembers([...members, Number(event.target.value)]); event.target.value = ""; }}>
        <option value="">${t("duty.choose")}</option>${people.map((one) => html`<option key=${one.id} value=${one.id}>${one.name}</option>`)}</select></label></fieldset>
    <label>${t("duty.turn_days")}<input type="number" name="turn" min="1" max="60" required value="7" /></label>
    <label>${t("duty.from")}<input type="time" name="from" required value="08:00" /></label><label>${t("duty.to")}<input type="time" name="to" required value="08:00" /></label>
    <label>${t("duty.first")}<input type="date" name="first" required value=${localDay(new Date(serverNow()).toISOString(), zoneInUse())} /></label>
    <button type="submit" class="primary">${t("duty.add_rotation")}</button></form></details>`;
}

/** @param {{ station: number, mark: number, changed: () => void }} props  `mark` rises when one was added */
export function Overrides({ station, mark, changed }) {
  const [from] = useState(() => new Date(serverNow()).toISOString());
  const until = new Date(Date.parse(from) + AHEAD_MS).toISOString();
  const path = `/stations/${station}/overrides`;
  const { data, again } = useRemote(`${path}${query({ from, to: until })}`, [mark]);
  const { said, save } = useSaving();
  const items = /** @type {{ items: Override[] } | null} */ (data)?.items;
  if (!items?.length) return html`<p class="soft">${t("duty.no_overrides")}</p>`;
  const drop = (/** @type {Override} */ one) => save(() => remove(`${path}/${one.id}`)).then((done) => { if (done) { again(); changed(); } });
  return html`<ul class="plain" data-testid="overrides">${items.map((one) => html`<li key=${one.id} class="shift"><span><strong>${who(one)}</strong> ${tWord("role", one.role)}${" "}
      · ${dayTime(one.from, language.value)} – ${dayTime(one.until, language.value)} <span class="soft">${one.reason}</span></span>
      <${Sure} words=${t("form.remove")} about=${who(one)} run=${() => drop(one)} /></li>`)}</ul><${Note} said=${said} />`;
}

/** @param {Override} one */
function who(one) {
  if (!one.account) return t("duty.stays_away", { name: one.replaces?.name ?? "" });
  return one.replaces ? t("duty.stands_in_for", { name: one.account.name, other: one.replaces.name }) : t("duty.comes", { name: one.account.name });
}
