// @ts-check
/** The family's page: one old person, in plain words, on a phone. */
import { html, render, useState } from "../html.js";
import { requireSession, session, logOut } from "../session.js";
import { Opening } from "../parts/opening.js";
import { startStore, setClock } from "../live/store.js";
import { startReceipts } from "../live/receipts.js";
import { t, teach } from "../language.js";
import { FAMILY } from "../../messages/family.js";
import { remembered, remember } from "../memory.js";
import { usePolled } from "../parts/remote.js";
import { AppearanceSwitches, LanguageSwitch } from "../parts/controls.js";
import { problemWords } from "../wording.js";
import { Nobody } from "./nobody.js";
import { OnePerson } from "./person.js";

teach(FAMILY);

/** @typedef {import("../../../types/contract.js").Resident} Resident */

/** Who withdraws their consent is gone from an open page, too. */
const CONSENT_MS = 15_000;

/** @param {{ people: Resident[], chosen: number, choose: (id: number) => void }} props */
function Choice({ people, chosen, choose }) {
  if (people.length < 2) return null;
  return html`<label class="choose">${t("family.choose")}<select value=${chosen} data-testid="family-resident"
      onChange=${(/** @type {any} */ event) => choose(Number(event.target.value))}>
    ${people.map((one) => html`<option key=${one.id} value=${one.id}>${one.name}</option>`)}</select></label>`;
}

function People() {
  const { data, error } = usePolled("/residents?limit=50", CONSENT_MS);
  const [wanted, want] = useState(Number(remembered("family.resident")));
  if (error && (!data || error.status)) return html`<p class="empty" role="alert">${problemWords(error)}</p>`;
  if (!data) return html`<p class="empty">${t("app.loading")}</p>`;
  const people = /** @type {{ items: Resident[] }} */ (data).items;
  if (!people.length) return html`<${Nobody} />`;
  const chosen = (people.find((one) => one.id === wanted) ?? people[0]).id;
  const choose = (/** @type {number} */ id) => { remember("family.resident", String(id)); want(id); };
  return html`<${Choice} people=${people} chosen=${chosen} choose=${choose} /><${OnePerson} key=${chosen} id=${chosen} />`;
}

function Family() {
  document.title = `${t("family.title")} · ${t("app.name")}`;
  return html`<header class="family-head"><span class="brand">${t("app.name")}</span><${LanguageSwitch} /></header>
    <main>${session.value ? html`<${People} />` : html`<${Opening} />`}</main>
    <footer class="family-foot"><details><summary>${t("app.menu")}</summary>
      <p class="soft">${t("app.signed_in", { name: session.value?.account.name ?? "" })}</p>
      <${AppearanceSwitches} />
      <p><a href="/account" data-testid="account-link">${t("app.account")}</a></p>
      <button type="button" data-testid="log-out" onClick=${logOut}>${t("app.log_out")}</button></details></footer>`;
}

async function start() {
  render(html`<${Family} />`, /** @type {Element} */ (document.getElementById("app")));
  const opened = await requireSession();
  if (!opened) return;
  setClock(opened.server_time);
  startStore();
  startReceipts();
}

start();
