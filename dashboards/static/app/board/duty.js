// @ts-check
/** Who is on duty, who comes next, and where there is nobody. */
import { html, useMemo } from "../html.js";
import { now } from "../live/store.js";
import { t, tWord, language, teach } from "../language.js";
import { STATION } from "../../messages/station.js";
import { clockTime, dayTime } from "../format.js";
import { problemWords } from "../wording.js";
import { usePolled } from "../parts/remote.js";
import { CallLink } from "../parts/call.js";
import { WEEK_MS, lanes } from "./week.js";
import { Roster } from "./roster.js";
import { Holidays } from "./holidays.js";
import { isAdministrator, useStation } from "./station-choice.js";

teach(STATION);

/** @typedef {import("../../../types/contract.js").Duty} DutyList */
/** @typedef {import("../../../types/contract.js").Shift} Shift */

export function Duty() {
  const { station, chooser } = useStation();
  return html`<section class="records scrolling"><header class="records-head"><h1>${t("duty.title")}</h1>${chooser}</header>
    ${station !== null && html`<${OfStation} key=${station} station=${station} />`}</section>`;
}

/** @param {{ station: number }} props */
function OfStation({ station }) {
  const { data, error, again } = usePolled(`/stations/${station}/duty`, 60_000);
  const duty = /** @type {DutyList | null} */ (data);
  if (error && !duty) return html`<p class="empty" role="alert">${error.status === 404 ? t("page.unavailable") : problemWords(error)}</p>`;
  if (!duty) return html`<p class="empty">${t("app.loading")}</p>`;
  const kept = duty.on_duty.length + duty.next.length + duty.gaps.length > 0;
  return html`<div class="cards-2" data-testid="duty">
    ${!kept && html`<section class="card wide"><p>${t("duty.no_roster")}</p></section>`}
    ${kept && html`<section class="card"><h2>${t("duty.now")}</h2>
      ${!duty.on_duty.length && html`<p class="alarming">${t("duty.nobody")}</p>`}
      ${duty.on_duty.map((one) => html`<${Person} key=${`${one.account.id} ${one.role}`} one=${one} />`)}</section>
    <section class="card"><h2>${t("duty.gaps")}</h2>
      ${!duty.gaps.length && html`<p>${t("duty.no_gaps")}</p>`}
      <ul class="plain">${duty.gaps.map((gap) => html`<li key=${gap.role + gap.from} class="gap" data-testid="duty-gap"><strong>${tWord("role", gap.role)}</strong>${" "}
        ${dayTime(gap.from, language.value)} – ${dayTime(gap.until, language.value)}</li>`)}</ul></section>`}
    ${kept && html`<section class="card wide"><h2>${t("duty.week")}</h2><${Week} duty=${duty} /></section>`}
    ${isAdministrator() && html`<${Roster} station=${station} changed=${again} />`}
    <${Holidays} />
  </div>`;
}

/** @param {{ one: Shift }} props */
function Person({ one }) {
  const until = t("duty.until", { time: dayTime(one.until, language.value) });
  if (one.phone) return html`<${CallLink} name=${one.account.name} relation=${`${tWord("role", one.role)} · ${until}`} phone=${one.phone} />`;
  return html`<p class="on-duty"><strong>${one.account.name}</strong> <span class="soft">${tWord("role", one.role)} · ${until}</span></p>`;
}

const [WIDTH, LANE, LEFT] = [840, 34, 96];

/** @param {{ duty: DutyList }} props */
function Week({ duty }) {
  const from = Math.floor(now.peek() / 3_600_000) * 3_600_000;
  const rows = useMemo(() => lanes(duty, from), [duty, from]);
  const x = (/** @type {number} */ at) => LEFT + ((at - from) / WEEK_MS) * (WIDTH - LEFT);
  const days = [...Array(7).keys()].map((day) => from + day * 86_400_000);
  const words = rows.map((row) => t("duty.week_words", { role: tWord("role", row.role), count: row.shifts.length, gaps: row.gaps.length })).join("; ");
  return html`<div class="week-scroll" tabindex="0" role="group" aria-label=${t("duty.week")}><svg class="week" viewBox=${`0 0 ${WIDTH} ${rows.length * LANE + 26}`} role="img" aria-label=${words}>
    ${days.map((at) => html`<g key=${at}><line class="grid" x1=${x(at)} x2=${x(at)} y1="0" y2=${rows.length * LANE} /><text x=${x(at) + 3} y=${rows.length * LANE + 17}>${dayTime(at, language.value)}</text></g>`)}
    ${rows.map((row, i) => html`<g key=${row.role} transform=${`translate(0 ${i * LANE})`}>
      <text class="lane-name" x="0" y="21">${tWord("role", row.role)}</text>
      ${row.shifts.map((one) => html`<g key=${`${one.from}${one.account.id}`}><rect class="on" x=${x(one.start)} y="4" width=${Math.max(x(one.end) - x(one.start) - 1, 1)} height=${LANE - 9} rx="3"><title>${one.account.name} ${clockTime(one.from, language.value)}</title></rect>
        ${x(one.end) - x(one.start) > 46 && html`<text class="on-name" x=${x(one.start) + 5} y="21">${one.account.name.slice(0, 8)}</text>`}</g>`)}
      ${row.gaps.map((one) => html`<rect key=${one.start} class="off" x=${x(one.start)} y="4" width=${Math.max(x(one.end) - x(one.start), 2)} height=${LANE - 9} />`)}
    </g>`)}
  </svg></div>`;
}
