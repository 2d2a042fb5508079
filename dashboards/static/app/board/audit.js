// @ts-check
/** Who looked at or changed whose data, for administrators; and whether the record of it is whole. */
import { html, useState } from "../html.js";
import { query } from "../api.js";
import { href } from "../router.js";
import { t, tWord, language, teach } from "../language.js";
import { LOOKS } from "../../messages/looks.js";
import { dayTime, exactTime, shortDay } from "../format.js";
import { problemWords } from "../wording.js";
import { usePaged } from "../parts/paged.js";
import { useRemote } from "../parts/remote.js";
import { useSettled } from "../parts/settled.js";

teach(LOOKS);

/** @typedef {{ id: number, name: string }} Named */
/** @typedef {{ id: number, at: string, by: Named, what: string, area: string, residents: number[], names: Named[], within: string[], why: string, address: string, outcome: number }} Entry */
/** @typedef {{ links: number, sealed_at: string | null, checked: number, whole: boolean, faults: string[], anchor: { day: string, n: number, hash: string } | null }} Chain */

const SETTLED_MS = 300, REFUSED = 400;

export function Audit() {
  const [who, setWho] = useState(/** @type {Named | null} */ (null));
  const [whom, setWhom] = useState(/** @type {Named | null} */ (null));
  const [wish, setWish] = useState({ what: "", from: "", to: "", refused: false });
  const what = useSettled(wish.what, SETTLED_MS);
  const instant = (/** @type {string} */ field) => (field ? new Date(field).toISOString() : "");
  const list = usePaged(`/audit${query({ account: who?.id, resident: whom?.id, what: what.trim(), from: instant(wish.from), to: instant(wish.to), refused: wish.refused ? "true" : "" })}`);
  const change = (/** @type {string} */ field) => (/** @type {any} */ event) => setWish((before) => ({ ...before, [field]: event.target.value }));
  return html`<section class="records scrolling" data-testid="audit"><header class="records-head"><h1>${t("audit.title")}</h1><p class="soft about">${t("audit.about")}</p></header>
    <${ChainCard} />
    <form class="card form-grid" onSubmit=${(/** @type {any} */ event) => event.preventDefault()}>
      <${Pick} label=${t("audit.who")} path="/accounts" chosen=${who} choose=${setWho} testid="audit-who" />
      <${Pick} label=${t("audit.whom")} path="/residents" chosen=${whom} choose=${setWhom} testid="audit-whom" />
      <label>${t("audit.what")}<input value=${wish.what} maxlength="60" onInput=${change("what")} data-testid="audit-what" /></label>
      <label>${t("audit.from")}<input type="datetime-local" value=${wish.from} onChange=${change("from")} /></label>
      <label>${t("audit.to")}<input type="datetime-local" value=${wish.to} onChange=${change("to")} /></label>
      <label class="check"><input type="checkbox" checked=${wish.refused} onChange=${(/** @type {any} */ event) => setWish((before) => ({ ...before, refused: event.target.checked }))} /> ${t("audit.refused")}</label></form>
    ${list.error && html`<p class="empty" role="alert">${problemWords(list.error)}</p>`}
    ${!list.loading && !list.error && !list.items.length && html`<p class="empty">${t("audit.none")}</p>`}
    <ul class="plain">${/** @type {Entry[]} */ (list.items).map((one) => html`<${Row} key=${one.id} one=${one} />`)}</ul>
    ${list.next && html`<p><button type="button" onClick=${list.more}>${t("app.more")}</button></p>`}</section>`;
}

/** @param {{ one: Entry }} props */
function Row({ one }) {
  const rest = one.residents.length - one.names.length;
  return html`<li class="card" data-testid="audit-entry"><p><strong>${one.by.name}</strong> · ${tWord("look_area", one.area)}${" "}
      ${one.outcome >= REFUSED && html`<strong class="alarming">${t("audit.outcome", { code: one.outcome })}</strong>`}</p>
    ${(one.names.length > 0 || rest > 0 || one.within.length > 0) && html`<p>${one.names.map((person, i) => html`${i > 0 && t("looks.and")}<a key=${person.id} href=${href("residents", person.id)}>${person.name}</a>`)}
      ${rest > 0 && ` ${t("audit.more_people", { count: rest })}`}${one.within.length > 0 && t("audit.many", { where: one.within.join(" ") })}</p>`}
    ${one.why && html`<p><em>${t("looks.why", { why: one.why })}</em></p>`}
    <p class="soft"><time dateTime=${one.at}>${shortDay(one.at, language.value)} ${exactTime(one.at, language.value)}</time> · ${t("audit.address")} ${one.address || "–"} · <span class="topic">${one.what}</span></p></li>`;
}

/** Find one by name and keep it. @param {{ label: string, path: string, chosen: Named | null, choose: (one: Named | null) => void, testid: string }} props */
function Pick({ label, path, chosen, choose, testid }) {
  const [typed, type] = useState("");
  if (chosen) return html`<p>${label}<br /><button type="button" onClick=${() => choose(null)} aria-label=${t("audit.clear", { name: chosen.name })}>${chosen.name} ✕</button></p>`;
  return html`<div><label>${label}<input type="search" placeholder=${t("audit.anybody")} value=${typed} onInput=${(/** @type {any} */ event) => type(event.target.value)} data-testid=${testid} /></label>
    ${typed.trim() && html`<${Found} path=${path} typed=${typed.trim()} choose=${(/** @type {Named} */ one) => { type(""); choose(one); }} />`}</div>`;
}

/** @param {{ path: string, typed: string, choose: (one: Named) => void }} props */
function Found({ path, typed, choose }) {
  const { data } = useRemote(`${path}${query({ q: useSettled(typed, SETTLED_MS), limit: 6 })}`);
  const items = /** @type {{ items: Named[] } | null} */ (data)?.items ?? [];
  return html`<ul class="plain">${items.map((one) => html`<li key=${one.id}><button type="button" class="quiet" onClick=${() => choose({ id: one.id, name: one.name })} data-testid="audit-pick">${one.name}</button></li>`)}</ul>`;
}

function ChainCard() {
  const { data, error, again } = useRemote("/audit/chain");
  const chain = /** @type {Chain | null} */ (data);
  return html`<section class="card" data-testid="chain" data-whole=${chain ? String(!chain.faults.length) : ""}><h2>${t("audit.chain")}</h2>
    ${!chain && html`<p class="soft">${error ? problemWords(error) : t("app.loading")}</p>`}
    ${chain && (chain.faults.length ? html`<div role="alert" class="alarming"><p>${t("audit.broken")}</p><ul>${chain.faults.map((one) => html`<li key=${one}>${one}</li>`)}</ul></div>`
      : html`<p class="is-well">${t("audit.fits", { count: chain.checked })}</p>`)}
    ${chain && html`<p class="soft">${t("audit.links", { n: chain.links, time: chain.sealed_at ? dayTime(chain.sealed_at, language.value) : "–" })} ·${" "}
        ${chain.anchor ? html`${t("audit.anchor", { day: chain.anchor.day, n: chain.anchor.n })} <span class="topic">${chain.anchor.hash.slice(0, 16)}…</span>` : t("audit.no_anchor")}</p>
      ${!chain.whole && html`<p class="soft">${t("audit.all")}</p>`}<p><button type="button" onClick=${again}>${t("audit.again")}</button></p>`}</section>`;
}
