// @ts-check
/** What a node has to show for a period: people, visits, orders, hours, response. Every figure comes from one statement on the server. */
import { html, useMemo, useState } from "../html.js";
import { query } from "../api.js";
import { t, tWord, language } from "../language.js";
import { href } from "../router.js";
import { useRemote } from "../parts/remote.js";
import { percent, seconds } from "../format.js";
import { addDays } from "./calendar.js";
import { toInstant, today } from "./today.js";
import { Card, Figure, Head, Share, Table, Waiting, gradeName, hours, money, useNode } from "./parts.js";
import { Bars } from "./bars.js";
import { Download } from "./download.js";
import { CATEGORIES, GRADES } from "./kinds.js";
import { may } from "./may.js";

/** @typedef {{ from: string, to: string, people: { category: string, grade: number, people: number }[], living: { living: string, people: number }[], visits: { way: string, result: string, n: number, minutes: number }[],
 *   orders: { kind: string, state: string, n: number }[], ratings: { kind: string, n: number, points: number }[], hours: { who: string, minutes: number }[], money: { who: string, fen: number }[],
 *   coverage: { month: string, categories: { category: string, people: number, met: number }[], stale: number } | null }} FiguresOut */

const SPANS = /** @type {const} */ ([["month", 0], ["last_month", 0], ["days30", 30], ["days90", 90], ["year", 365]]);

/** The period of a choice: its first and its last day. @param {string} span @param {string} day */
function period(span, day) {
  const first = `${day.slice(0, 7)}-01`;
  if (span === "month") return [first, day];
  if (span === "last_month") return [`${addDays(first, -1).slice(0, 7)}-01`, addDays(first, -1)];
  const days = SPANS.find(([name]) => name === span)?.[1] ?? 30;
  return [addDays(day, 1 - days), day];
}

export function Figures() {
  const { station, chooser, ready } = useNode({ any: true });
  const [span, setSpan] = useState("month");
  const [own, setOwn] = useState(/** @type {[string, string] | null} */ (null));
  const [from, to] = own ?? period(span, today());
  const path = query({ station, from, to });
  const remote = useRemote(`/care/statistics${path}`);
  const figures = /** @type {FiguresOut | null} */ (remote.data);
  const choose = (/** @type {any} */ event) => { const chosen = event.target.value; setOwn(chosen === "own" ? [from, to] : null); if (chosen !== "own") setSpan(chosen); };
  return html`<section class="records scrolling"><${Head} title=${t("care.statistics")} about=${t("figures.about")}>
      ${may("inspect") && html`<a class="button" href=${href("inspections")} data-testid="to-inspections">${t("inspect.title")}</a>`}
      <label>${t("figures.period")}<select value=${own ? "own" : span} onChange=${choose}>${SPANS.map(([name]) => html`<option key=${name} value=${name}>${t(`span.${name}`)}</option>`)}<option value="own">${t("span.own")}</option></select></label>
      ${own && html`<label>${t("figures.first")}<input type="date" value=${own[0]} onChange=${(/** @type {any} */ event) => event.target.value && setOwn([event.target.value, own[1]])} /></label>
        <label>${t("figures.last")}<input type="date" value=${own[1]} onChange=${(/** @type {any} */ event) => event.target.value && setOwn([own[0], event.target.value])} /></label>`}${chooser}
      ${may("export") && html`<span class="downloads">${["csv", "parquet", "pdf"].map((format) => html`<${Download} key=${format} path=${`/care/export/statistics${query({ station, from, to, format, language: language.value })}`} name=${`statistics-${from}.${format}`} words=${format === "parquet" ? "Parquet" : format.toUpperCase()} testid=${`export-${format}`} />`)}</span>`}<//>
    ${ready && html`<${Waiting} remote=${remote} />`}${figures && html`<${Shown} figures=${figures} station=${station} from=${from} to=${to} />`}</section>`;
}

/** @template T @param {T[]} items @param {(one: T) => number} of */
const sum = (items, of) => items.reduce((total, one) => total + of(one), 0);

/** @param {{ figures: FiguresOut, station: number | null, from: string, to: string }} props */
function Shown({ figures, station, from, to }) {
  const { people, visits, orders } = figures;
  const met = visits.filter(({ result }) => result !== "not_met");
  const finished = orders.filter(({ state }) => state === "confirmed");
  return html`<div class="cards-2" data-testid="figures"><div class="figures wide">
      <${Figure} value=${sum(people, (one) => one.people)} label=${t("figures.people")} testid="figure-people" /><${Figure} value=${sum(met, (one) => one.n)} label=${t("figures.visits")} testid="figure-visits" />
      <${Figure} value=${sum(finished, (one) => one.n)} label=${t("figures.orders")} testid="figure-orders" /><${Figure} value=${hours(sum(figures.hours.filter(({ who }) => who === "volunteer"), (one) => one.minutes))} label=${t("figures.hours")} /></div>
    <${People} figures=${figures} /><${Living} figures=${figures} /><${CoverageCard} figures=${figures} /><${Visits} figures=${figures} /><${Orders} figures=${figures} /><${Money} figures=${figures} /><${Response} station=${station} from=${from} to=${to} /></div>`;
}

/** @param {{ figures: FiguresOut }} props */
function People({ figures: { people } }) {
  const grades = [...GRADES.map(Number), -1];
  const count = (/** @type {string} */ category, /** @type {number} */ grade) => sum(people.filter((one) => one.category === category && one.grade === grade), (one) => one.people);
  const bars = useMemo(() => grades.map((grade) => ({ name: gradeName(grade), value: sum(people.filter((one) => one.grade === grade), (one) => one.people) })), [people, language.value]);
  return html`<${Card} title=${t("figures.by_grade")} wide><${Bars} bars=${bars} words=${bars.map(({ name, value }) => `${name}: ${value}`).join("; ")} />
    <${Table} label=${t("figures.by_grade")} heads=${[t("people.category"), ...grades.map(gradeName), t("figures.all")]} rows=${CATEGORIES.map((category) => [tWord("category", category), ...grades.map((grade) => count(category, grade)), sum(people.filter((one) => one.category === category), (one) => one.people)])} /><//>`;
}

/** @param {{ figures: FiguresOut }} props */
function Living({ figures: { living } }) {
  const bars = useMemo(() => living.map((one) => ({ name: one.living ? tWord("living", one.living) : t("figures.unknown"), value: one.people })), [living, language.value]);
  return html`<${Card} title=${t("people.living")}>${bars.length ? html`<${Bars} bars=${bars} words=${bars.map(({ name, value }) => `${name}: ${value}`).join("; ")} />` : html`<p class="soft">${t("figures.nothing")}</p>`}<//>`;
}

/** @param {{ figures: FiguresOut }} props */
function CoverageCard({ figures: { coverage } }) {
  return html`<${Card} title=${t("figures.coverage", { month: coverage?.month ?? "" })}>${coverage?.categories.length ? html`<${Table} label=${t("visit.coverage")} heads=${[t("people.category"), t("visit.met")]}
    rows=${coverage.categories.map((one) => [tWord("category", one.category), html`<${Share} part=${one.met} whole=${one.people} words=${`${one.met} / ${one.people}`} />`])} />` : html`<p class="soft">${t("visit.coverage_none")}</p>`}<p><a href=${href("coverage")}>${t("visit.coverage")}</a></p><//>`;
}

/** @param {{ figures: FiguresOut }} props */
function Visits({ figures: { visits } }) {
  return html`<${Card} title=${t("care.visits")}>${visits.length ? html`<${Table} label=${t("care.visits")} heads=${[t("figures.how"), t("figures.number"), t("figures.time")]} rows=${visits.map((one) => [`${tWord("way", one.way)} · ${tWord("result", one.result)}`, one.n, hours(one.minutes)])} />` : html`<p class="soft">${t("figures.nothing")}</p>`}<//>`;
}

/** @param {{ figures: FiguresOut }} props */
function Orders({ figures: { orders, ratings } }) {
  const stars = (/** @type {string} */ kind) => { const one = ratings.find((rating) => rating.kind === kind); return one?.n ? (one.points / one.n).toFixed(1) : "–"; };
  const kinds = [...new Set(orders.map(({ kind }) => kind))];
  const of = (/** @type {string} */ kind, /** @type {string[]} */ states) => sum(orders.filter((one) => one.kind === kind && states.includes(one.state)), (one) => one.n);
  return html`<${Card} title=${t("care.services")}>${kinds.length ? html`<${Table} label=${t("care.services")} heads=${[t("service.kind"), t("figures.running"), t("order.confirmed"), t("figures.not_done"), t("figures.stars")]}
    rows=${kinds.map((kind) => [tWord("service", kind), of(kind, ["requested", "accepted", "carried_out", "complained"]), of(kind, ["confirmed"]), of(kind, ["refused", "cancelled", "refunded"]), stars(kind)])} />` : html`<p class="soft">${t("figures.nothing")}</p>`}<//>`;
}

/** @param {{ figures: FiguresOut }} props */
function Money({ figures: { money: books } }) {
  return html`<${Card} title=${t("figures.money")}>${books.length ? html`<${Table} label=${t("figures.money")} heads=${[t("figures.book"), t("figures.amount")]} rows=${books.map((one) => [tWord("book", one.who), money(one.fen)])} />
    <p class="soft">${t("figures.zero", { total: money(sum(books, (one) => one.fen)) })}</p>` : html`<p class="soft">${t("figures.nothing")}</p>`}<//>`;
}

const TIMES = /** @type {const} */ (["acknowledge", "arrive", "resolve"]);

/** How quickly alarms were answered: as on the board. @param {{ station: number | null, from: string, to: string }} props */
function Response({ station, from, to }) {
  const { data } = useRemote(`/statistics${query({ station, from: toInstant(`${from}T00:00`), to: toInstant(`${addDays(to, 1)}T00:00`) })}`);
  const response = /** @type {any} */ (data);
  const times = response?.times?.all;
  if (!response?.incidents || !times) return null;
  const shown = (/** @type {number | null | undefined} */ value) => (value == null ? "–" : seconds(value, language.value));
  return html`<${Card} title=${t("figures.response")}><p>${t("figures.incidents", { count: response.incidents, share: percent(times.acknowledge?.within_180_s ?? null) })}</p>
    <${Table} label=${t("figures.response")} heads=${[t("figures.until"), t("figures.half"), t("figures.nearly")]} rows=${TIMES.map((name) => [t(`figures.${name}`), shown(times[name]?.p50_s), shown(times[name]?.p90_s)])} /><//>`;
}
