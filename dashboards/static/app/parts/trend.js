// @ts-check
/** A vital sign over a day, a week or a month: the median, between the least and the greatest of each stretch. */
import { html, useMemo, useState } from "../html.js";
import { query } from "../api.js";
import { t, tWord, language } from "../language.js";
import { measured, unitName } from "../format.js";
import { useRemote } from "./remote.js";
import { Plot } from "./plot.js";

/** @typedef {import("../../../types/contract.js").Trend} TrendOf */

const METRICS = /** @type {const} */ (["heart_rate", "spo2", "systolic", "diastolic", "body_temperature", "respiration", "glucose", "weight", "steps"]);
const SPANS = /** @type {const} */ (["day", "week", "month"]);

/** @param {{ id: number | string }} props */
export function Trend({ id }) {
  const [metric, setMetric] = useState("heart_rate");
  const [span, setSpan] = useState("week");
  const { data } = useRemote(`/residents/${encodeURIComponent(id)}/trend${query({ metric, span })}`);
  const trend = /** @type {TrendOf | null} */ (data);
  return html`<div class="evidence" data-testid="trend" data-span=${span}>
    <div class="choices">
      <label>${t("trend.metric")}<select value=${metric} data-testid="trend-metric" onChange=${(/** @type {any} */ event) => setMetric(event.target.value)}>
        ${METRICS.map((one) => html`<option key=${one} value=${one}>${t(`metric.${one}`)}</option>`)}</select></label>
      <label>${t("trend.span")}<select value=${span} data-testid="trend-span" onChange=${(/** @type {any} */ event) => setSpan(event.target.value)}>
        ${SPANS.map((one) => html`<option key=${one} value=${one}>${t(`trend.${one}`)}</option>`)}</select></label>
    </div>
    ${trend && (trend.points.length ? html`<${Picture} trend=${trend} />` : html`<p class="soft">${t("trend.none")}</p>`)}
  </div>`;
}

/** @param {{ trend: TrendOf }} props */
function Picture({ trend }) {
  const { metric, unit, points } = trend;
  const data = useMemo(() => [points.map(([at]) => Date.parse(at) / 1000), ...[2, 1, 3].map((i) => points.map((point) => Number(point[i])))], [points]);
  const [least, last, most] = [Math.min(...data[2]), data[1][data[1].length - 1], Math.max(...data[3])].map((value) => measured(value, metric));
  const words = t("trend.words", { metric: tWord("metric", metric), last, least, most, unit: unitName(unit, language.value) });
  return html`<figure><figcaption>${words}</figcaption>
    <${Plot} data=${data} words=${words} height=${180} lines=${[{ label: "median", colour: "series-1", points: points.length < 60 },
      { label: "least", colour: "usual", width: 1 }, { label: "greatest", colour: "usual", width: 1 }]} /></figure>`;
}
