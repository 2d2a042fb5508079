// @ts-check
/** The picture that caused the incident: the motion clip, the silence, the vital signs. */
import { html, useMemo, useState } from "../html.js";
import { useRemote } from "../parts/remote.js";
import { t, tWord, language } from "../language.js";
import { exactTime, measured, span, unitName } from "../format.js";
import { problemWords } from "../wording.js";
import { Plot } from "../parts/plot.js";
import { Silence } from "../parts/silence.js";
import { peakOf, stillAfter, strength } from "./motion.js";

/** @typedef {import("../../../types/contract.js").Evidence} Evidence */

/** @param {{ id: string, kind: string, onset: string }} props */
export function EvidencePicture({ id, kind, onset }) {
  const { data, error } = useRemote(`/incidents/${encodeURIComponent(id)}/evidence`, [onset]);
  if (!data) {
    return html`<section class="card evidence"><h3>${t("incident.evidence")}</h3>
      <p class="soft">${error ? problemWords(error) : t("app.loading")}</p></section>`;
  }
  const { motion, activity, vitals } = /** @type {Evidence} */ (data);
  const series = vitals.filter((one) => one.points.length);
  const nothing = !motion && !activity && !series.length;
  return html`<section class="card evidence" data-testid="evidence"><h3>${t("incident.evidence")}</h3>
    ${nothing && html`<p class="soft">${t("evidence.none")}</p>`}
    ${motion && html`<${Motion} motion=${motion} />`}
    ${activity && !motion && html`<${SilenceFigure} activity=${activity} />`}
    ${series.length > 0 && html`<${Vitals} vitals=${series} kind=${kind} />`}
  </section>`;
}

/** @param {{ motion: import("../../../types/contract.js").Motion }} props */
function Motion({ motion }) {
  const [axes, setAxes] = useState(false);
  const data = useMemo(() => {
    const seconds = motion.acc.map((_, i) => i / motion.hz);
    const columns = axes ? [0, 1, 2].map((axis) => motion.acc.map((sample) => sample[axis] / 1000)) : [];
    return [seconds, strength(motion.acc), ...columns];
  }, [motion, axes]);
  const impact = motion.impact_at ? (Date.parse(motion.impact_at) - Date.parse(motion.start)) / 1000 : null;
  const words = motionWords(motion, impact);
  const axisLines = [["x", "series-2"], ["y", "series-3"], ["z", "series-4"]].map(([label, colour]) => ({ label, colour, width: 1 }));
  return html`<figure><figcaption>${words} <label class="inline-check"><input type="checkbox" checked=${axes}
      onChange=${() => setAxes(!axes)} />${t("evidence.axes")}</label></figcaption>
    <${Plot} data=${data} plain words=${words} mark=${impact === null ? null : { at: impact, label: t("evidence.impact") }}
      lines=${[{ label: t("evidence.magnitude"), colour: "series-1" }, ...(axes ? axisLines : [])]} />
    <p class="axis-note soft">${t("evidence.seconds")} → · g ↑</p></figure>`;
}

/** @param {import("../../../types/contract.js").Motion} motion @param {number | null} impact seconds from the start */
function motionWords(motion, impact) {
  const peak = peakOf(motion.acc).toFixed(1);
  if (impact === null) return t("evidence.motion_words_plain", { peak, length: Math.round(motion.acc.length / motion.hz) });
  const still = t(stillAfter(motion.acc, motion.hz, impact) ? "evidence.still" : "evidence.moving");
  const time = exactTime(motion.impact_at ?? "", language.value);
  if (motion.impact_g === null) return t("evidence.motion_words", { time, peak, still });
  return t("evidence.impact_words", { time, impact: motion.impact_g.toFixed(1), peak, still }); // the sentence's number and the curve's
}

/** @param {{ activity: import("../../../types/contract.js").ActivitySpan }} props */
function SilenceFigure({ activity }) {
  const last = activity.points[activity.points.length - 1] ?? activity.from;
  const time = span(Date.parse(activity.to) - Date.parse(last), language.value);
  const usual = activity.usual_longest_s === null ? null : span(activity.usual_longest_s * 1000, language.value);
  const words = usual ? t("evidence.silence_words", { time, usual }) : t("evidence.silence_words_plain", { time });
  return html`<figure><figcaption>${words}</figcaption><${Silence} activity=${activity} words=${words} /></figure>`;
}

const COLOURS = ["series-1", "series-2", "series-3", "series-4"];

/** @param {{ vitals: import("../../../types/contract.js").Series[], kind: string }} props */
function Vitals({ vitals, kind }) {
  return html`<div class=${kind === "vitals" ? "" : "lesser"}><h4>${t("evidence.vitals")}</h4>
    <div class="small-multiples">${vitals.map((one, i) => html`<${Vital} key=${one.metric} series=${one} colour=${COLOURS[i % 4]} />`)}</div></div>`;
}

/** @param {{ series: import("../../../types/contract.js").Series, colour: string }} props */
export function Vital({ series, colour }) {
  const { metric, unit, points } = series;
  const data = useMemo(() => [points.map(([at]) => Date.parse(at) / 1000), points.map(([, value]) => value)], [points]);
  const values = points.map(([, value]) => value);
  const last = measured(values[values.length - 1], metric);
  const words = `${tWord("metric", metric)}: ${last} ${unitName(unit, language.value)}`;
  return html`<figure><figcaption>${words} <span class="soft">${measured(Math.min(...values), metric)} – ${measured(Math.max(...values), metric)}</span></figcaption>
    <${Plot} data=${data} words=${words} height=${130} lines=${[{ label: metric, colour, points: points.length < 60 }]} /></figure>`;
}
