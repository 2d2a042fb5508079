// @ts-check
/** How quickly and how well incidents were dealt with. */
import { html, useMemo, useState } from "../html.js";
import { query } from "../api.js";
import { serverNow } from "../live/store.js";
import { t, tWord, language, isKey, teach } from "../language.js";
import { STATION } from "../../messages/station.js";
import { KINDS as KIND_WORDS } from "../../messages/kinds.js";
import { percent, seconds } from "../format.js";
import { problemWords } from "../wording.js";
import { useRemote } from "../parts/remote.js";
import { Plot } from "../parts/plot.js";
import { useStation } from "./station-choice.js";

teach(STATION);
teach(KIND_WORDS);

/** @typedef {import("../../../types/contract.js").Figures} FiguresOf */

const SPANS = [7, 30, 90];
const TIMES = /** @type {const} */ (["acknowledge", "accept", "arrive", "resolve"]);

export function Statistics() {
  const { station, chooser } = useStation();
  const [days, setDays] = useState(30);
  return html`<section class="records scrolling"><header class="records-head"><h1>${t("stats.title")}</h1>
      <label>${t("stats.span")}<select value=${days} onChange=${(/** @type {any} */ event) => setDays(Number(event.target.value))}>
        ${SPANS.map((count) => html`<option key=${count} value=${count}>${t("stats.days", { count })}</option>`)}</select></label>${chooser}</header>
    ${station !== null && html`<${Figures} key=${`${station} ${days}`} station=${station} days=${days} />`}</section>`;
}

/** @param {{ station: number, days: number }} props */
function Figures({ station, days }) {
  const [from, to] = useMemo(() => [days, 0].map((back) => new Date(serverNow() - back * 86_400_000).toISOString()), [days]);
  const { data, error } = useRemote(`/statistics${query({ station, from, to })}`);
  const figures = /** @type {FiguresOf | null} */ (data);
  if (error) return html`<p class="empty" role="alert">${error.status === 404 ? t("page.unavailable") : problemWords(error)}</p>`;
  if (!figures) return html`<p class="empty">${t("app.loading")}</p>`;
  if (!figures.incidents) return html`<p class="empty" data-testid="statistics">${t("stats.none")}</p>`;
  const taken = figures.times.all?.acknowledge;
  const within = /** @type {const} */ ([[60, taken?.within_60_s], [180, taken?.within_180_s]]);
  return html`<div class="cards-2" data-testid="statistics">
    <div class="figures wide">
      <${Figure} value=${figures.incidents} label=${t("stats.incidents")} />
      ${within.map(([limit, share]) => html`<${Figure} key=${limit} value=${percent(share ?? null)} label=${t("stats.within", { time: seconds(limit, language.value) })} />`)}
      <${Figure} value=${figures.escalations} label=${t("stats.escalations")} />
      <${Figure} value=${figures.levels.reduce((sum, one) => sum + one.steps, 0)} label=${t("stats.unanswered")} /></div>
    <${Times} figures=${figures} />
    <${Kinds} figures=${figures} />
    <${PerDay} figures=${figures} />
    <${Delivery} figures=${figures} />
    <${Told} figures=${figures} />
  </div>`;
}

/** @param {{ value: unknown, label: string }} props */
const Figure = ({ value, label }) => html`<div class="figure"><b>${value}</b><span>${label}</span></div>`;

/** @param {number | null | undefined} value */
const shown = (value) => (value == null ? "–" : seconds(value, language.value));

/** @param {{ figures: FiguresOf }} props */
function Times({ figures }) {
  return html`<section class="card"><h2>${t("stats.times")}</h2><div class="table-scroll" tabindex="0" role="group" aria-label=${t("stats.times")}><table><thead><tr><td></td><th scope="col">${t("stats.half")}</th><th scope="col">${t("stats.most")}</th>
      <th scope="col">${t("stats.nearly")}</th><th scope="col">${t("stats.count")}</th></tr></thead>
    <tbody>${TIMES.map((name) => { const one = figures.times.all?.[name]; return html`<tr key=${name}><th scope="row">${t(`stats.${name}`)}</th>
      <td>${shown(one?.p50_s)}</td><td>${shown(one?.p90_s)}</td><td>${shown(one?.p99_s)}</td><td>${one?.n ?? 0}</td></tr>`; })}</tbody></table></div></section>`;
}

/** @param {string} kind */
const kindName = (kind) => { const key = `kind.${kind}`; return isKey(key) ? t(key) : kind; };

/** @param {{ figures: FiguresOf }} props */
function Kinds({ figures }) {
  const kinds = [...figures.kinds].sort((a, b) => b.incidents - a.incidents);
  return html`<section class="card"><h2>${t("stats.kinds")}</h2><table><thead><tr><th scope="col">${t("stats.kind")}</th><th scope="col">${t("stats.incidents")}</th><th scope="col">${t("stats.false")}</th></tr></thead>
    <tbody>${kinds.map((one) => html`<tr key=${one.kind}><th scope="row">${kindName(one.kind)}</th><td>${one.incidents}</td>
      <td>${percent(one.false_share)}</td></tr>`)}</tbody></table></section>`;
}

/** Noon, so that a day stands where its name does. @param {string} day */
const noon = (day) => Date.parse(`${day}T12:00:00`) / 1000;

/** @param {{ figures: FiguresOf }} props */
function PerDay({ figures }) {
  const { days } = figures;
  const counts = useMemo(() => [days.map(({ day }) => noon(day)), days.map((one) => one.incidents), days.map((one) => one.false_alarms)], [days]);
  const waits = useMemo(() => [days.map(({ day }) => noon(day)), days.map((one) => one.acknowledge_p90_s)], [days]);
  if (days.length < 2) return null;
  const words = t("stats.per_day_words", { days: days.length, count: figures.incidents, false_alarms: days.reduce((sum, one) => sum + one.false_alarms, 0) });
  return html`<section class="card wide"><h2>${t("stats.per_day")}</h2>
      <${Plot} data=${counts} words=${words} lines=${[{ label: "incidents", colour: "series-1", points: true }, { label: "false", colour: "series-2", points: true }]} /><p class="soft">${words}</p></section>
    <section class="card wide"><h2>${t("stats.ack_day")}</h2>
      <${Plot} data=${waits} words=${t("stats.ack_day")} lines=${[{ label: "p90", colour: "series-4", points: true }]} /></section>`;
}

const OUTCOMES = /** @type {const} */ (["tries", "sent", "refused", "unreachable", "limited", "gone"]);
const REACHED = /** @type {const} */ (["asked", "sent", "delivered", "seen", "failed"]);

/** What became of each try. @param {{ figures: FiguresOf }} props */
function Delivery({ figures }) {
  if (!figures.channels.length) return null;
  return html`<section class="card wide"><h2>${t("stats.delivery")}</h2><div class="table-scroll" tabindex="0" role="group" aria-label=${t("stats.delivery")}><table><thead><tr><th scope="col">${t("stats.channel")}</th>${
      OUTCOMES.map((name) => html`<th key=${name} scope="col">${t(`stats.${name}`)}</th>`)}<th scope="col">${t("stats.half")}</th><th scope="col">${t("stats.nearly")}</th></tr></thead>
    <tbody>${figures.channels.map((one) => html`<tr key=${one.channel}><th scope="row">${tWord("channel", one.channel)}</th>${OUTCOMES.map((name) => html`<td key=${name}>${one[name]}</td>`)}
      <td>${shown(one.p50_s)}</td><td>${shown(one.p99_s)}</td></tr>`)}</tbody></table></div></section>`;
}

/** How far messages came. @param {{ figures: FiguresOf }} props */
function Told({ figures }) {
  if (!figures.notifications.length) return null;
  return html`<section class="card wide"><h2>${t("stats.told")}</h2><div class="table-scroll" tabindex="0" role="group" aria-label=${t("stats.told")}><table><thead><tr><th scope="col">${t("stats.whom")}</th>${
      REACHED.map((name) => html`<th key=${name} scope="col">${t(`stats.${name}`)}</th>`)}</tr></thead>
    <tbody>${figures.notifications.map((one) => html`<tr key=${one.recipient_kind}><th scope="row">${tWord("recipient", one.recipient_kind)}</th>${REACHED.map((name) => html`<td key=${name}>${one[name]}</td>`)}</tr>`)}</tbody></table></div></section>`;
}
