// @ts-check
/** Invites somebody to work at a station. */
import { html, useState } from "../html.js";
import { post } from "../api.js";
import { confirmed } from "../access/confirm.js";
import { t, tWord, language, nameOf } from "../language.js";
import { useRemote } from "../parts/remote.js";
import { Note, fieldsOf, useSaving } from "../parts/saving.js";
import { Link } from "./link.js";

/** @typedef {{ id: number, name: string, name_en: string }} Station */

export const STAFF_ROLES = /** @type {const} */ (["operator", "responder", "administrator"]);

/** The stations of one's part of the tree as choices. */
export function StationChoice() {
  const { data } = useRemote("/stations?limit=200");
  const stations = /** @type {{ items: Station[] } | null} */ (data)?.items ?? [];
  return html`<label>${t("accounts.station")}<select name="station">${stations.map((one) => html`<option key=${one.id} value=${one.id}>${nameOf(one)}</option>`)}</select></label>`;
}

export function RoleChoice() {
  return html`<label>${t("accounts.role")}<select name="role">${STAFF_ROLES.map((one) => html`<option key=${one} value=${one}>${tWord("role", one)}</option>`)}</select></label>`;
}

export function NewPerson() {
  const [made, setMade] = useState(/** @type {any} */ (null));
  const { busy, said, save } = useSaving();
  async function submit(/** @type {SubmitEvent} */ event) {
    const fields = fieldsOf(event);
    const answer = await save(() => confirmed(() => post("/invitations", { role: fields.get("role"), station_id: Number(fields.get("station")), language: language.value })));
    if (answer) setMade(answer);
  }
  return html`<section class="card"><h2>${t("accounts.invite")}</h2><p>${t("accounts.invite_about")}</p>
    <form onSubmit=${submit}><${RoleChoice} /><${StationChoice} /><p><button type="submit" class="primary" disabled=${busy} data-testid="person-invite">${t("accounts.make_link")}</button></p><${Note} said=${said} /></form>
    ${made && html`<${Link} key=${made.url} made=${made} />`}</section>`;
}
