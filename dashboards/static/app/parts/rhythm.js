// @ts-check
/** Today's rhythm: bars for today, a soft hill behind them for what is usual. */
import { html } from "../html.js";
import { t, language } from "../language.js";
import { clockTime, localDay } from "../format.js";
import { height, slotTime, summary } from "./day.js";

/** @typedef {import("../../../types/contract.js").Today} Today */

const [WIDTH, FLOOR, TOP] = [768, 130, 12];

/** @param {Today} today */
function words(today) {
  const { now, busy, usualBusy } = summary(today.activity, today.usual);
  const time = slotTime(now, today.slot_minutes);
  return usualBusy === null ? t("rhythm.words_plain", { time, busy }) : t("rhythm.words", { time, busy, usual: usualBusy });
}

/** @param {{ today: Today, zone: string }} props */
export function Rhythm({ today, zone }) {
  const { activity, usual } = today;
  const { now, most } = summary(activity, usual);
  const step = WIDTH / activity.length;
  const y = (/** @type {number} */ value) => FLOOR - height(value, most) * (FLOOR - TOP);
  const hill = usual ? `M0 ${FLOOR}${usual.map((mean, i) => `L${((i + 0.5) * step).toFixed(1)} ${y(mean).toFixed(1)}`).join("")}L${WIDTH} ${FLOOR}Z` : "";
  return html`<figure class="rhythm" data-testid="rhythm">
    <svg viewBox=${`0 0 ${WIDTH} 158`} role="img" aria-label=${`${t("rhythm.title")}. ${words(today)}`}>
      ${usual && html`<path class="hill" d=${hill} />`}
      ${activity.map((count, i) => count ? html`<rect key=${i} class="bar-now" x=${i * step + 1} width=${step - 2} y=${y(count)} height=${FLOOR - y(count)} rx="2" />` : null)}
      <line class="ground" x1="0" x2=${WIDTH} y1=${FLOOR} y2=${FLOOR} />
      <line class="now-line" x1=${now * step} x2=${now * step} y1="4" y2=${FLOOR} />
      ${[0, 6, 12, 18, 24].map((hour) => html`<text key=${hour} x=${(hour / 24) * WIDTH} y="152"
        text-anchor=${hour === 0 ? "start" : hour === 24 ? "end" : "middle"}>${hour}:00</text>`)}
      ${today.incidents.map((one) => html`<${Mark} key=${one.id} at=${one.onset} zone=${zone} day=${today.day} />`)}
    </svg>
    <figcaption class="soft"><span class="key key-now"></span>${t("rhythm.now")}
      ${usual ? html`<span class="key key-usual"></span>${t("rhythm.usual")}` : html`<span>${t("rhythm.no_usual")}</span>`}
      <span class="rhythm-words">${words(today)}</span></figcaption>
  </figure>`;
}

/** Where in the day something happened. @param {{ at: string, zone: string, day: string }} props */
function Mark({ at, zone, day }) {
  if (localDay(at, zone) !== day) return null;
  const [hour, minute] = clockTime(at, language.value, zone).split(":").map(Number);
  const x = ((hour * 60 + minute) / 1440) * WIDTH;
  return html`<path class="mark" d=${`M${x} ${FLOOR}l-6 11h12z`} />`;
}
