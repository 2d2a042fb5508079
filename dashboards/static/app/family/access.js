// @ts-check
/** Who else may see how the person is, and by what consent. */
import { html } from "../html.js";
import { put } from "../api.js";
import { t, tWord, language, nameOf } from "../language.js";
import { shortDay } from "../format.js";
import { useRemote } from "../parts/remote.js";
import { Note, useSaving } from "../parts/saving.js";
import { Icon } from "../parts/icon.js";

/** @typedef {{ name: string, relation: string | null, since: string, me: boolean }} Kin */
/** @typedef {{ family: Kin[], staff: { role: string, people: number }[], station: { name: string, name_en: string }, station_phone: string,
 *   consents: { purpose: string, since: string }[] }} AccessOf */

const RELATIONS = /** @type {const} */ (["daughter", "son", "spouse", "grandchild", "sibling", "relative", "neighbour", "friend"]);

/** @param {{ id: number, name: string }} props */
export function Access({ id, name }) {
  const { data, again } = useRemote(`/residents/${id}/access`);
  if (!data) return null;
  const { family, staff, station, station_phone: phone, consents } = /** @type {AccessOf} */ (data);
  return html`<section class="card" data-testid="access"><h2>${t("kin.access", { name })}</h2>
    <ul class="plain">${family.map((one) => html`<li key=${one.name + one.since}><strong>${one.name}</strong>${one.me ? ` (${t("kin.you")})` : ""}${one.relation && html` <span class="soft">· ${tWord("relation", one.relation)}</span>`}</li>`)}
      ${staff.map((one) => html`<li key=${one.role}>${nameOf(station)}: ${t("kin.staff", { role: tWord("role", one.role), count: one.people })}</li>`)}</ul>
    <${MyRelation} id=${id} name=${name} word=${family.find((one) => one.me)?.relation ?? ""} again=${again} />
    ${consents.length > 0 && html`<h3>${t("kin.consents", { name })}</h3><ul class="plain">${consents.map((one) => html`<li key=${one.purpose}>${tWord("kin_consent", one.purpose)}
${" "}<span class="soft">· ${t("kin.since", { day: shortDay(one.since, language.value) })}</span></li>`)}</ul>
      <p class="soft">${t("kin.consent_hint")}</p>`}
    ${phone && html`<${Call} station=${station} phone=${phone} />`}</section>`;
}

/** One tap calls. @param {{ station: { name: string, name_en: string }, phone: string }} props */
const Call = ({ station, phone }) => html`<a class="call" href=${`tel:${phone.replace(/[^\d+]/g, "")}`} data-testid="call-station"><${Icon} name="phone" /><span><strong>${t("kin.call")}</strong><br />
  <span class="number">${phone}</span> <span class="soft">${nameOf(station)}</span></span></a>`;

/** While something goes on, the station is one tap away. @param {{ id: number }} props */
export function CallStation({ id }) {
  const { data } = useRemote(`/residents/${id}/access`);
  const told = /** @type {AccessOf | null} */ (data);
  if (!told?.station_phone) return null;
  return html`<p><${Call} station=${told.station} phone=${told.station_phone} /></p>`;
}

/** @param {{ id: number, name: string, word: string, again: () => void }} props */
function MyRelation({ id, name, word, again }) {
  const { said, save } = useSaving();
  const change = async (/** @type {any} */ event) => {
    if (await save(() => put(`/residents/${id}/relation`, { relation: event.target.value }))) again();
  };
  return html`<label>${t("kin.relation", { name })}<select value=${word} onChange=${change} data-testid="relation">
    <option value="" disabled>${t("kin.choose")}</option>${RELATIONS.map((one) => html`<option key=${one} value=${one}>${t(`relation.${one}`)}</option>`)}</select></label><${Note} said=${said} />`;
}
