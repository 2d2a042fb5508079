// @ts-check
/** Who is to be visited today, the overdue first; on a map, and as a walk for whoever sets out. */
import { html, useState } from "../html.js";
import { get, query } from "../api.js";
import { t, tWord, pick, language, nameOf } from "../language.js";
import { go, href } from "../router.js";
import { useRemote } from "../parts/remote.js";
import { dayTime, distance, span } from "../format.js";
import { problemWords } from "../wording.js";
import { DotMap } from "../parts/map.js";
import { CATEGORIES } from "./kinds.js";
import { Head, Waiting, choices, useNode } from "./parts.js";
import { may } from "./may.js";

/** @typedef {{ resident: { id: number, name: string }, home: { id: number, code: string, address: string, lat: number | null, lon: number | null } | null, station: { id: number, name: string },
 *   category: string, by: string, why: string, text: { zh: string, en: string }, overdue: boolean, last: string | null, last_visit_id: number | null, walk_m?: number }} Due */
/** @typedef {{ items: Due[], total: number, overdue: number, tiles?: import("../../../types/contract.js").Tiles | null }} DueList */

const NAMES_UP_TO = 30;
const STOPS = 20;

export function DueVisits() {
  const { station, chooser, ready } = useNode({ any: true });
  const [category, setCategory] = useState("");
  const [within, setWithin] = useState("24");
  const remote = useRemote(`/care/visits/due${query({ station, category, within_h: within, limit: 200 })}`);
  const list = /** @type {DueList | null} */ (remote.data);
  const [walk, setWalk] = useState(/** @type {{ length_m: number, stops: Due[] } | null} */ (null));
  return html`<section class="records scrolling visits"><${Head} title=${t("visit.due_title")}>
      ${may("see_rules") && html`<a class="button" href=${href("coverage")} data-testid="to-coverage">${t("visit.coverage")}</a>`}
      <label>${t("people.category")}<select value=${category} onChange=${(/** @type {any} */ event) => setCategory(event.target.value)}><option value="">${t("people.any")}</option>${choices("category", CATEGORIES).map(([value, words]) => html`<option key=${value} value=${value}>${words}</option>`)}</select></label>
      <label>${t("visit.within")}<select value=${within} onChange=${(/** @type {any} */ event) => setWithin(event.target.value)}>${["24", "72", "168"].map((each) => html`<option key=${each} value=${each}>${span(Number(each) * 3_600_000, language.value)}</option>`)}</select></label>
      ${chooser}<//>
    ${ready && html`<${Waiting} remote=${remote} />`}
    ${list && html`<${Shown} list=${list} station=${station} walk=${walk} setWalk=${setWalk} />`}</section>`;
}

/** @param {{ list: DueList, station: number | null, walk: { length_m: number, stops: Due[] } | null, setWalk: (walk: any) => void }} props */
function Shown({ list, station, walk, setWalk }) {
  const shown = walk?.stops ?? list.items;
  const words = t("visit.due_words", { count: list.total, overdue: list.overdue });
  if (!list.items.length) return html`<p class="empty" data-testid="due-none">${t("visit.due_none")}</p>`;
  return html`<p class=${list.overdue ? "headline alarming" : "headline"} data-testid="due-words">${words}</p>
    <${Walking} station=${station} items=${list.items} walk=${walk} setWalk=${setWalk} />
    <div class="due-columns"><ol class="due-list" data-testid="due-list">${shown.map((one, i) => html`<${Row} key=${one.resident.id} one=${one} number=${walk ? i + 1 : null} />`)}</ol>
      <${Places} shown=${shown} walking=${walk !== null} tiles=${list.tiles ?? null} words=${words} /></div>`;
}

/** The order in which to walk, from here if the reader lets the phone say where that is. @param {{ station: number | null, items: Due[], walk: { length_m: number, stops: Due[] } | null, setWalk: (walk: any) => void }} props */
function Walking({ station, items, walk, setWalk }) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const first = items.find(({ home }) => home?.lat != null && home.lon != null)?.home;
  const ask = (/** @type {{ lat: number, lon: number }} */ here) => get(`/care/visits/route${query({ station, limit: STOPS, ...here })}`)
    .then((made) => { setProblem(""); setWalk(made); }, (error) => setProblem(problemWords(error))).finally(() => setBusy(false));
  function start() {
    setBusy(true);
    // Without a position the walk begins at the most urgent home.
    const anyway = () => ask({ lat: Number(first?.lat), lon: Number(first?.lon) });
    if (!navigator.geolocation || !isSecureContext) return anyway();
    navigator.geolocation.getCurrentPosition(({ coords }) => ask({ lat: coords.latitude, lon: coords.longitude }), anyway, { timeout: 5_000, maximumAge: 60_000 });
  }
  if (!first) return null;
  return html`<div class="walking">${walk ? html`<p data-testid="walk">${t("visit.walk", { count: walk.stops.length, distance: distance(walk.length_m, language.value) })} <button type="button" onClick=${() => setWalk(null)}>${t("visit.walk_end")}</button></p>`
      : html`<button type="button" class="primary" disabled=${busy} onClick=${start} data-testid="walk-start">${t("visit.walk_start")}</button>`}
    <p role="alert" class="refusal">${problem}</p></div>`;
}

/** @param {{ one: Due, number: number | null }} props */
function Row({ one, number }) {
  const place = one.home?.lat != null ? `geo:${one.home.lat},${one.home.lon}` : "";
  return html`<li class=${`due ${one.overdue ? "is-overdue" : ""}`} data-testid="due-row" data-resident=${one.resident.id}>
    ${number !== null && html`<b class="stop">${number}</b>`}
    <a class="due-link" href=${href("people", one.resident.id, "visit")}><strong>${one.resident.name}</strong> <span class=${`chip category-${one.category}`}>${tWord("category", one.category)}</span></a>
    <span class="due-where">${one.home?.address ?? nameOf(one.station)}${one.walk_m !== undefined && html` <span class="soft">${distance(one.walk_m, language.value)}</span>`}</span>
    <span class="due-why">${pick(one.text)}</span>
    <span class=${one.overdue ? "due-by alarming" : "due-by soft"}>${t(one.overdue ? "visit.overdue_since" : "visit.by", { time: dayTime(one.by, language.value) })}</span>
    ${number !== null && place && html`<a class="button due-go" href=${place}>${t("visit.navigate")}</a>`}</li>`;
}

/** @param {{ shown: Due[], walking: boolean, tiles: import("../../../types/contract.js").Tiles | null, words: string }} props */
function Places({ shown, walking, tiles, words }) {
  const dots = shown.filter((one) => one.home?.lat != null && one.home.lon != null).map((one, i) => ({
    id: `r${one.resident.id}`, lat: Number(one.home?.lat), lon: Number(one.home?.lon), look: one.overdue ? "alert" : "home",
    words: walking ? `${i + 1}. ${one.resident.name}` : one.resident.name, named: shown.length <= NAMES_UP_TO, open: () => go("people", one.resident.id, "visit") }));
  if (!dots.length) return html`<p class="soft">${t("visit.no_places")}</p>`;
  const lines = walking ? dots.slice(1).map((dot, i) => /** @type {[typeof dot, typeof dot]} */ ([dots[i], dot])) : [];
  return html`<div class="due-map"><${DotMap} dots=${dots} lines=${lines} tiles=${tiles} words=${words} tall /></div>`;
}
