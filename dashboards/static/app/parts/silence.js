// @ts-check
/** Activity as ticks on a line of time, and the silence after the last one beside the longest usual silence. */
import { html } from "../html.js";
import { t, language } from "../language.js";
import { clockTime } from "../format.js";

/** A phone gets a shorter line, so that the words stay legible. */
const lineWidth = () => (matchMedia("(max-width: 52rem)").matches ? 380 : 800);
const [TOP, FLOOR, HEIGHT] = [34, 84, 112];

/** @param {{ activity: import("../../../types/contract.js").ActivitySpan, words: string }} props */
export function Silence({ activity, words }) {
  const [from, to] = [Date.parse(activity.from), Date.parse(activity.to)];
  const width = lineWidth();
  const x = (/** @type {number} */ at) => ((at - from) / Math.max(to - from, 1)) * width;
  const points = activity.points.map((point) => Date.parse(point));
  const last = points[points.length - 1] ?? from;
  const usualEnd = activity.usual_longest_s === null ? null : x(last + activity.usual_longest_s * 1000);
  return html`<svg class="silence" viewBox=${`0 0 ${width} ${HEIGHT}`} role="img" aria-label=${words}>
    <rect class="silent" x=${x(last)} y=${TOP} width=${Math.max(x(to) - x(last), 1)} height=${FLOOR - TOP} />
    ${usualEnd !== null && usualEnd <= width && html`<line class="usual" x1=${usualEnd} x2=${usualEnd} y1=${TOP - 10} y2=${FLOOR} />
      <text class="usual-label" x=${usualEnd - 6} y=${TOP - 12} text-anchor=${usualEnd > 120 ? "end" : "start"}>${t("evidence.usual")}</text>`}
    <path class="ticks" d=${points.map((at) => `M${x(at).toFixed(1)} ${TOP}V${FLOOR}`).join("")} />
    <line class="ground" x1="0" x2=${width} y1=${FLOOR} y2=${FLOOR} />
    <text x="0" y=${HEIGHT - 8}>${clockTime(from, language.value)}</text>
    <text x=${x(last)} y=${HEIGHT - 8} text-anchor=${x(last) > width / 2 ? "end" : "start"}>${x(last) > 90 ? `${t("evidence.last")} ${clockTime(last, language.value)}` : ""}</text>
    <text x=${width} y=${HEIGHT - 8} text-anchor="end">${width - x(last) > 90 ? clockTime(to, language.value) : ""}</text>
  </svg>`;
}
