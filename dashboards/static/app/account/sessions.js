// @ts-check
/** Where one is signed in, and how signing in went. */
import { html } from "../html.js";
import { remove } from "../api.js";
import { t, tWord, language } from "../language.js";
import { dayTime } from "../format.js";
import { problemWords } from "../wording.js";
import { useRemote } from "../parts/remote.js";
import { usePaged } from "../parts/paged.js";
import { Note, useSaving } from "../parts/saving.js";

/** @typedef {{ id: number, here: boolean, how: string, address: string, agent: string, created_at: string, seen_at: string }} Session */
/** @typedef {{ at: string, address: string, what: string, outcome: string }} Login */

export function Sessions() {
  const { data, again } = useRemote("/me/sessions");
  const { busy, said, save } = useSaving();
  const items = /** @type {{ items: Session[] } | null} */ (data)?.items ?? [];
  const end = async (/** @type {string} */ path) => { if (await save(() => remove(path), t("sessions.ended"))) again(); };
  return html`<section class="card" data-testid="sessions-card"><h2>${t("sessions.title")}</h2>
    <ul class="rows">${items.map((one) => html`<li key=${one.id} data-testid="session-row"><div><strong>${one.agent || t("sessions.unknown")}</strong>${one.here && html` <span class="chip">${t("sessions.here")}</span>`}<br />
      <span class="soft">${one.address} · ${tWord("how", one.how)} · ${t("sessions.seen", { time: dayTime(one.seen_at, language.value) })}</span></div>
      ${!one.here && html`<button type="button" disabled=${busy} data-testid="session-end" onClick=${() => end(`/me/sessions/${one.id}`)}>${t("sessions.end")}</button>`}</li>`)}</ul>
    ${items.length > 1 && html`<p><button type="button" disabled=${busy} data-testid="sessions-end-others" onClick=${() => end("/me/sessions")}>${t("sessions.end_others")}</button></p>`}
    <${Note} said=${said} /></section>`;
}

/** @param {{ path: string }} props */
export function Logins({ path }) {
  const { items, next, more, error } = usePaged(path);
  return html`<section class="card" data-testid="logins-card"><h2>${t("logins.title")}</h2><p class="soft">${t("logins.about")}</p>
    ${error && html`<p role="alert">${problemWords(error)}</p>`}
    <ul class="rows">${/** @type {Login[]} */ (items).map((one, n) => html`<li key=${`${one.at}/${n}`}><div>${dayTime(one.at, language.value)} · ${tWord("how", one.what)}<br /><span class="soft">${one.address}</span></div>
      <span class=${one.outcome === "passed" ? "is-good" : "is-bad"}>${tWord("attempt", one.outcome)}</span></li>`)}</ul>
    ${next && html`<p><button type="button" onClick=${more}>${t("app.more")}</button></p>`}</section>`;
}
