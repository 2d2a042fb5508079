// @ts-check
/** One account: its roles, whether it lets anybody in, a way back for who lost password or phone, and its history. */
import { html, useState } from "../html.js";
import { post, put, remove } from "../api.js";
import { confirmed } from "../access/confirm.js";
import { href } from "../router.js";
import { session } from "../session.js";
import { t, tWord, language } from "../language.js";
import { dayTime } from "../format.js";
import { problemWords } from "../wording.js";
import { useRemote } from "../parts/remote.js";
import { Note, fieldsOf, useSaving } from "../parts/saving.js";
import { Sure } from "../parts/sure.js";
import { Link } from "./link.js";
import { RoleChoice, StationChoice } from "./new-person.js";
import { Logins } from "./sessions.js";
import { placeOf, stateOf } from "./people.js";

/** @typedef {import("./people.js").Account} Account */

/** @param {{ account: Account, again: () => void }} props */
function Roles({ account, again }) {
  const { busy, said, save } = useSaving();
  const path = `/accounts/${account.id}/grants`;
  async function give(/** @type {SubmitEvent} */ event) {
    const fields = fieldsOf(event);
    const wish = { role: fields.get("role"), station_id: Number(fields.get("station")) };
    if (await save(() => confirmed(() => post(path, wish)), t("member.given"))) again();
  }
  const take = async (/** @type {number} */ id) => { if (await save(() => confirmed(() => remove(`${path}/${id}`)), t("member.withdrawn"))) again(); };
  return html`<section class="card" data-testid="roles-card"><h2>${t("member.roles")}</h2>
    <ul class="rows">${account.grants.map((one) => html`<li key=${one.id} data-testid="grant-row"><div><strong>${tWord("role", one.role)}</strong> · ${placeOf(one)}</div>
      <${Sure} words=${t("member.withdraw")} about=${`${tWord("role", one.role)} ${placeOf(one)}`} run=${() => take(one.id)} /></li>`)}</ul>
    ${account.elsewhere && html`<p class="soft">${t("member.elsewhere")}</p>`}
    <form onSubmit=${give}><${RoleChoice} /><${StationChoice} /><p><button type="submit" disabled=${busy} data-testid="grant-give">${t("member.give")}</button></p></form>
    <${Note} said=${said} /></section>`;
}

/** @param {{ account: Account, again: () => void }} props */
function Door({ account, again }) {
  const { busy, said, save } = useSaving();
  const [made, setMade] = useState(/** @type {any} */ (null));
  const path = `/accounts/${account.id}`;
  async function reset(/** @type {boolean} */ factor) {
    const answer = await save(() => confirmed(() => post(`${path}/reset`, { second_factor: factor })));
    if (answer) setMade(answer);
  }
  const enable = async (/** @type {boolean} */ enabled) => { if (await save(() => confirmed(() => put(`${path}/enabled`, { enabled })))) again(); };
  if (account.id === session.value?.account.id || account.elsewhere) return null;
  return html`<section class="card" data-testid="door-card"><h2>${t("member.door")}</h2>
    ${account.disabled_at
      ? html`<p class="is-bad">${t("member.is_disabled", { time: dayTime(account.disabled_at, language.value) })}</p><p><button type="button" disabled=${busy} data-testid="person-enable" onClick=${() => enable(true)}>${t("member.enable")}</button></p>`
      : html`<p>${t("member.reset_about")}</p><p class="acts"><button type="button" disabled=${busy} data-testid="reset-password" onClick=${() => reset(false)}>${t("member.reset_password")}</button>
        <button type="button" disabled=${busy} data-testid="reset-factor" onClick=${() => reset(true)}>${t("member.reset_factor")}</button>
        <${Sure} words=${t("member.disable")} about=${account.name} run=${() => enable(false)} /></p>`}
    ${made && html`<${Link} key=${made.url} made=${made} />`}<${Note} said=${said} /></section>`;
}

/** @param {{ id: string }} props */
export function Person({ id }) {
  const { data, error, again } = useRemote(`/accounts/${encodeURIComponent(id)}`);
  const account = /** @type {Account | null} */ (data);
  if (error) return html`<p class="empty" role="alert">${problemWords(error)}</p>`;
  if (!account) return html`<p class="empty">${t("app.loading")}</p>`;
  return html`<p><a href=${href("people")}>${t("member.back")}</a></p><h1 data-testid="person-name">${account.name}</h1>
    <p class="soft">${account.login}${account.phone && ` · ${account.phone}`} · ${account.seen_at ? t("member.seen", { time: dayTime(account.seen_at, language.value) }) : t("member.never")} ${stateOf(account) && ` · ${stateOf(account)}`}</p>
    <${Roles} account=${account} again=${again} /><${Door} account=${account} again=${again} /><${Logins} path=${`/accounts/${account.id}/logins`} />`;
}
