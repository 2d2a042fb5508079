// @ts-check
/** Accounts of one's part of the tree. */
import { html, useState } from "../html.js";
import { href } from "../router.js";
import { t, tWord, language, nameOf } from "../language.js";
import { dayTime } from "../format.js";
import { problemWords } from "../wording.js";
import { query } from "../api.js";
import { usePaged } from "../parts/paged.js";
import { NewPerson } from "./new-person.js";

/** @typedef {{ id: number, role: string, station: { id: number, name: string, name_en: string } | null, resident: { id: number, name: string } | null }} Grant */
/** @typedef {{ id: number, login: string, name: string, phone: string, grants: Grant[], elsewhere: boolean, second_factor: boolean, second_factor_by: string | null, seen_at: string | null, disabled_at: string | null }} Account */

/** @param {Grant} grant */
export const placeOf = (grant) => nameOf(grant.station) || grant.resident?.name || t("accounts.everything");

/** @param {Account} account */
export const stateOf = (account) => (account.disabled_at ? t("accounts.disabled") : account.second_factor ? t("accounts.secured")
  : account.second_factor_by ? t("accounts.due", { time: dayTime(account.second_factor_by, language.value) }) : "");

export function People() {
  const [q, setQ] = useState("");
  const { items, next, more, error, loading } = usePaged(`/accounts${query({ q })}`);
  return html`<h1>${t("account.people")}</h1>
    <div class="filters"><label>${t("accounts.search")}<input type="search" value=${q} data-testid="people-search" onInput=${(/** @type {any} */ event) => setQ(event.target.value.trim())} /></label></div>
    ${error && html`<p role="alert">${problemWords(error)}</p>`}
    <ul class="rows card" data-testid="people">${/** @type {Account[]} */ (items).map((one) => html`<li key=${one.id} class=${one.disabled_at ? "off" : ""} data-testid="person-row">
      <div><a href=${href("people", one.id)}><strong>${one.name}</strong></a> <span class="soft">${one.login}</span><br />
        <span class="soft">${one.grants.map((grant) => `${tWord("role", grant.role)}: ${placeOf(grant)}`).join(" · ") || t("accounts.nothing")}</span></div>
      <span class=${one.disabled_at ? "is-bad" : "soft"}>${stateOf(one)}</span></li>`)}
      ${!items.length && !loading && html`<li>${t("accounts.nobody")}</li>`}</ul>
    ${next && html`<p><button type="button" onClick=${more}>${t("app.more")}</button></p>`}
    <${NewPerson} />`;
}
