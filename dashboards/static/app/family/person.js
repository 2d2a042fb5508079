// @ts-check
/** How one person is: the headline, the rhythm, the vital signs, what happened and what is being done. */
import { html, useState } from "../html.js";
import { state, link, now } from "../live/store.js";
import { t, tWord, pick, language, isKey } from "../language.js";
import { clockTime, exactTime, localDay, longDay, measured, unitName } from "../format.js";
import { usePolled, useRemote } from "../parts/remote.js";
import { Icon } from "../parts/icon.js";
import { Ago } from "../parts/times.js";
import { Rhythm } from "../parts/rhythm.js";
import { problemWords } from "../wording.js";
import { isClosed, isHeld } from "../live/state.js";
import { Trend } from "../parts/trend.js";
import { lazy } from "../parts/lazy.js";
import { Nobody } from "./nobody.js";
import { Unread } from "./unread.js";
import { Reached } from "./reached.js";
import { concernsPerson, mood } from "./mood.js";

/** @typedef {import("../../../types/contract.js").Today} Today */
/** @typedef {import("../live/state.js").Incident} Incident */

const Coming = lazy(async () => (await import("./below.js")).Coming, true);
const Letters = lazy(async () => (await import("./below.js")).Letters, true);
const CallStation = lazy(async () => (await import("./below.js")).CallStation, true);
const Access = lazy(async () => (await import("./below.js")).Access, true);
const Homes = lazy(async () => (await import("./below.js")).Homes, true);
const Looks = lazy(async () => (await import("./below.js")).Looks, true);

const REFRESH_MS = 60_000;
/** For these the time of the last activity says it all. */
const SAID_BY_LAST = ["well", "quiet"];
const ICONS = /** @type {Record<string, string>} */ ({ well: "heart", happened: "sos", on_it: "people", quiet: "moon", away: "away", no_signal: "offline" });

/** Incidents of this person as the live connection tells them, over what the day's summary said.
 * @param {Today} today */
function incidentsOf(today) {
  const { active, closed } = state.value;
  const known = new Map(today.incidents.map((incident) => [incident.id, incident]));
  for (const incident of [...closed.values(), ...active.values()]) {
    if (incident.resident?.id !== today.resident.id) continue;
    if (isClosed(incident) && localDay(incident.onset, today.time_zone) !== today.day) continue;
    const listed = known.get(incident.id);
    if (!listed || listed.version < incident.version) known.set(incident.id, incident);
  }
  return [...known.values()].sort((a, b) => (a.onset < b.onset ? 1 : -1));
}

/** @param {{ id: number }} props */
export function OnePerson({ id }) {
  const live = state.value.residents.get(id);
  const changes = [...state.value.active.values(), ...state.value.closed.values()].map((one) => `${one.id}${one.version}`).join();
  const { data, error } = usePolled(`/residents/${id}/today`, REFRESH_MS, [changes]);
  const today = /** @type {Today | null} */ (data);
  if (error?.status === 404) return html`<${Nobody} />`;
  if (error && !today) return html`<p class="empty" role="alert">${problemWords(error)}</p>`;
  if (!today) return html`<p class="empty">${t("app.loading")}</p>`;
  const incidents = incidentsOf(today);
  const word = mood(live?.state ?? today.state, incidents);
  return html`<article data-testid="family-page" data-resident=${id}>
    <${Headline} today=${today} word=${word} lastAt=${live?.last_activity_at ?? today.last_activity_at} lastRoom=${live?.last_room ?? today.last_room} />
    <${Unread} />
    <${News} incidents=${incidents} told=${today.told} zone=${today.time_zone} />
    <section class="card"><h2>${t("rhythm.title")}</h2><${Rhythm} today=${today} zone=${today.time_zone} /></section>
    <${Coming} id=${id} zone=${today.time_zone} />
    <${Letters} id=${id} zone=${today.time_zone} />
    <${Vitals} today=${today} />
    <section class="card"><h2>${t("family.trend")}</h2><${Trend} id=${id} /></section>
    <${Reached} />
    <${Access} id=${id} name=${today.resident.name} />
    <${Homes} id=${id} name=${today.resident.name} />
    <${Looks} id=${id} name=${today.resident.name} zone=${today.time_zone} />
    ${today.battery_low.length > 0 && html`<p class="soft note">${t("family.battery")}</p>`}
  </article>`;
}

/** @param {{ today: Today, word: string, lastAt: string | null, lastRoom: string }} props */
function Headline({ today, word, lastAt, lastRoom }) {
  const key = `family.${word}`;
  return html`<section class=${`headline-card mood-${word}`} data-testid="family-headline" data-state=${word} aria-live="polite">
    <p class="family-who">${today.resident.name} <span>${longDay(now.peek(), language.value, today.time_zone)}</span></p>
    <h1><${Icon} name=${ICONS[word] ?? "unknown"} />${isKey(key) ? t(key) : t("family.unknown")}</h1>
    ${!(lastAt && SAID_BY_LAST.includes(word)) && html`<p class="family-words">${pick(today.headline)}</p>`}
    ${lastAt && html`<p class="family-last">${t("family.last_activity")} <strong><${Ago} key=${lastAt} instant=${lastAt} /></strong>${
      lastRoom && t("resident.in_room", { room: tWord("room", lastRoom) })}</p>`}
    ${(word === "happened" || word === "on_it") && html`<${CallStation} id=${today.resident.id} />`}
    <${Freshness} />
  </section>`;
}

/** Never an old picture that looks alive. */
function Freshness() {
  const { phase, heardAt } = link.value;
  if (phase === "lost") {
    const time = heardAt === null ? "–" : exactTime(heardAt, language.value);
    return html`<p class="fresh is-stale" data-testid="board-connection" data-state="lost" role="alert">${t("family.stale", { time })}</p>`;
  }
  return html`<p class="fresh" data-testid="board-connection" data-state=${phase}><span class="lamp" aria-hidden="true"></span>${t(`connection.${phase}`)}</p>`;
}

/** What is being done about it, for people who do not know our words. @param {Incident} incident @param {string[]} told  whose alarm has reached somebody on duty */
function doing(incident, told) {
  if (isHeld(incident)) return t("doing.held");
  if (incident.state === "open" && !told.includes(incident.id)) return t("doing.telling");
  if (incident.state === "acknowledged" && !incident.acknowledged_by) return t("doing.acknowledged_someone");
  const key = `doing.${incident.state}`;
  return isKey(key) ? t(key, { name: incident.acknowledged_by?.name ?? "" }) : "";
}

/** @param {{ incidents: Incident[], told: string[], zone: string }} props */
function News({ incidents, told, zone }) {
  const shown = incidents.filter(concernsPerson);
  return html`<section class="card"><h2>${t("family.news")}</h2>
    ${shown.length === 0 && html`<p>${t("family.no_news")}</p>`}
    <ol class="news">${shown.map((one) => html`<li key=${one.id} data-testid="family-incident" data-state=${one.state}>
      <time dateTime=${one.onset}>${clockTime(one.onset, language.value, zone)}</time>
      <div><strong>${pick(one.title)}</strong><br /><span>${doing(one, told)}${one.outcome ? ` ${tWord("outcome", one.outcome)}` : ""}</span>
        <${Course} id=${one.id} version=${one.version} zone=${zone} /></div></li>`)}</ol>
  </section>`;
}

/** Each step with its time and who took it, once somebody asks. @param {{ id: string, version: number, zone: string }} props */
function Course({ id, version, zone }) {
  const [open, setOpen] = useState(false);
  return html`<details class="course" onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)} data-testid="family-course"><summary>${t("family.course")}</summary>
    ${open && html`<${Steps} id=${id} version=${version} zone=${zone} />`}</details>`;
}

/** @param {{ id: string, version: number, zone: string }} props */
function Steps({ id, version, zone }) {
  const { data, error } = useRemote(`/incidents/${id}`, [version]);
  if (!data) return html`<p class="soft">${error ? problemWords(error) : t("app.loading")}</p>`;
  const { events } = /** @type {import("../../../types/contract.js").IncidentDetail} */ (data);
  return html`<ol>${events.map((event) => html`<li key=${event.n}><time dateTime=${event.at}>${clockTime(event.at, language.value, zone)}</time>
    <span>${pick(event.text)} ${event.actor?.name && html`<strong>${event.actor.name}</strong>`}</span></li>`)}</ol>`;
}

/** @param {{ today: Today }} props */
function Vitals({ today }) {
  return html`<section class="card"><h2>${t("family.vitals")}</h2>
    ${today.vitals.length === 0 && html`<p>${t("family.no_vitals")}</p>`}
    <dl class="vitals">${today.vitals.map((one) => html`<div key=${one.metric}>
      <dt>${tWord("metric", one.metric)}</dt>
      <dd><b>${measured(one.value, one.metric)}</b> ${unitName(one.unit, language.value)}<br />
        <span class="soft">${clockTime(one.at, language.value, today.time_zone)}</span></dd></div>`)}</dl></section>`;
}
