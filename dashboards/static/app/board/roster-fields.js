// @ts-check
/** The fields that shifts, rotations and stand-ins have in common. */
import { html } from "../html.js";
import { t, tWord } from "../language.js";

/** @typedef {{ id: number, name: string }} Somebody */

const ROLES = /** @type {const} */ (["operator", "responder", "volunteer", "rescue"]);

/** @param {{ people: Somebody[], name: string, empty?: string }} props */
export const People = ({ people, name, empty }) => html`<select name=${name} required=${!empty}>
  ${empty && html`<option value="">${empty}</option>`}${people.map((one) => html`<option key=${one.id} value=${one.id}>${one.name}</option>`)}</select>`;

export const Roles = () => html`<label>${t("duty.role")}<select name="role">${ROLES.map((role) => html`<option key=${role} value=${role}>${tWord("role", role)}</option>`)}</select></label>`;
