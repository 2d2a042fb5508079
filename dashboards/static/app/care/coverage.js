// @ts-check
/** How well people are visited: the month's figure with the names of those still missing, station by station, as it stands now. */
import { html, useState } from "../html.js";
import { query } from "../api.js";
import { t, tWord, nameOf } from "../language.js";
import { href } from "../router.js";
import { usePolled, useRemote } from "../parts/remote.js";
import { monthsBefore } from "./calendar.js";
import { CATEGORIES } from "./kinds.js";
import { today } from "./today.js";
import { Card, Figure, Head, PersonLink, Share, Table, Waiting, choices, useNode } from "./parts.js";
import { Rules } from "./visit-rules.js";
import { Seasons } from "./seasons.js";
import { may } from "./may.js";

const REFRESH_MS = 20_000;

/** @typedef {{ category: string, people: number, met: number }} Covered */
/** @typedef {{ month: string, categories: Covered[], stations: (Covered & { station: { id: number, name: string } })[], stale: number }} CoverageOut */

/** 100 % only when nobody is missing. @param {{ people: number, met: number }} of */
const share = ({ people, met }) => (people ? `${met >= people ? 100 : Math.min(99, Math.round((100 * met) / people))} %` : "–");

export function Coverage() {
  const { station, chooser, ready } = useNode({ any: true });
  const [month, setMonth] = useState(today().slice(0, 7));
  const [category, setCategory] = useState("");
  return html`<section class="records scrolling"><${Head} title=${t("visit.coverage")} back=${[href("visits"), t("visit.due_title")]} about=${t("visit.coverage_about")}>
      <label>${t("visit.month")}<select value=${month} onChange=${(/** @type {any} */ event) => setMonth(event.target.value)} data-testid="month">${monthsBefore(today(), 13).map((each) => html`<option key=${each} value=${each}>${each}</option>`)}</select></label>
      <label>${t("people.category")}<select value=${category} onChange=${(/** @type {any} */ event) => setCategory(event.target.value)} data-testid="coverage-category"><option value="">${t("visit.special")}</option>${choices("category", CATEGORIES).map(([value, words]) => html`<option key=${value} value=${value}>${words}</option>`)}</select></label>${chooser}<//>
    ${ready && html`<${Shown} key=${`${station} ${month} ${category}`} station=${station} month=${month} category=${category} />`}
    <div class="cards-2">${may("see_rules") && html`<${Rules} station=${station} /><${Seasons} station=${station} />`}</div></section>`;
}

/** @param {{ station: number | null, month: string, category: string }} props */
function Shown({ station, month, category }) {
  const remote = usePolled(`/care/visits/coverage${query({ station, month, category })}`, REFRESH_MS);
  const missing = useRemote(`/care/visits/missing${query({ station, month, category, limit: 200 })}`, [remote.data]);
  const covered = /** @type {CoverageOut | null} */ (remote.data);
  const names = /** @type {{ items: { resident: { id: number, name: string }, station: { id: number, name: string } }[] } | null} */ (missing.data)?.items;
  if (!covered) return html`<${Waiting} remote=${remote} />`;
  return html`<div class="cards-2" data-testid="coverage">
    <div class="figures wide">${covered.categories.map((one) => html`<${Figure} key=${one.category} value=${share(one)} look=${one.met < one.people ? "warm" : ""} label=${`${tWord("category", one.category)} · ${one.met} / ${one.people}`} testid=${`covered-${one.category}`} />`)}
      ${!covered.categories.length && html`<p class="empty">${t("visit.coverage_none")}</p>`}</div>
    ${covered.stale > 0 && html`<p class="soft wide">${t("visit.stale", { count: covered.stale })}</p>`}
    <${Card} title=${t("visit.by_station")}>${covered.stations.length ? html`<${Table} label=${t("visit.by_station")} heads=${[t("care.station"), t("visit.met")]}
      rows=${covered.stations.map((one) => [html`${nameOf(one.station)} ${!category && html`<span class="soft">${tWord("category", one.category)}</span>`}`, html`<${Share} part=${one.met} whole=${one.people} words=${`${one.met} / ${one.people} · ${share(one)}`} />`])} />` : html`<p class="soft">${t("visit.coverage_none")}</p>`}<//>
    <${Card} title=${t("visit.missing", { category: category ? tWord("category", category) : t("visit.special") })} testid="missing">${names && !names.length && html`<p>${t("visit.nobody_missing")}</p>`}
      <ul class="names">${names?.map((one) => html`<li key=${one.resident.id}><${PersonLink} one=${one.resident} /> <span class="soft">${nameOf(one.station)}</span></li>`)}</ul><//>
  </div>`;
}
