// @ts-check
/** The incident page: what happened, how we know, whom to call, what to do. */
import { html, useEffect } from "../html.js";
import { state, view } from "../live/store.js";
import { useRemote } from "../parts/remote.js";
import { t, pick, language, nameOf, teach } from "../language.js";
import { INCIDENT } from "../../messages/incident.js";
import { PHOTO } from "../../messages/photo.js";
import { certainty, dayTime, span } from "../format.js";
import { adviceFor, placeOf, whoOf, problemWords } from "../wording.js";
import { href } from "../router.js";
import { session } from "../session.js";
import { Icon } from "../parts/icon.js";
import { Since } from "../parts/times.js";
import { muted } from "../alarm/alarm.js";
import { isClosed } from "../live/state.js";
import { PriorityTile, StateChip } from "../parts/tile.js";
import { Heard, NextStep, MuteButton } from "./row.js";
import { Actions } from "./actions.js";
import { Timeline } from "./timeline.js";
import { EvidencePicture } from "./evidence.js";
import { Person } from "./person.js";
import { Next } from "./next.js";
import { WhoWasTold } from "./told.js";
import { Dispatch } from "./dispatch.js";
import { Texts } from "./texts.js";
import { RoomPlan } from "./plan.js";
import { Where } from "./where.js";

teach(INCIDENT);
teach(PHOTO);

/** @typedef {import("../../../types/contract.js").Incident} Incident */
/** @typedef {import("../../../types/contract.js").IncidentDetail} IncidentDetail */

/** @param {string} id @returns {Incident | undefined} */
const live = (id) => state.value.active.get(id) ?? state.value.closed.get(id);

/** @param {{ id: string }} props */
export function Incident({ id }) {
  useEffect(() => { view(id); return () => view(null); }, [id]);
  const version = live(id)?.version ?? 0;
  const { data, error, again } = useRemote(`/incidents/${encodeURIComponent(id)}`, [version]);
  const detail = /** @type {IncidentDetail | null} */ (data);
  if (error && !detail && !live(id)) {
    const words = error.status === 404 ? t("incident.missing") : problemWords(error);
    return html`<article class="detail"><${Back} /><p class="empty" role="alert">${words}</p></article>`;
  }
  const incident = newest(live(id), detail);
  if (!incident) return html`<article class="detail"><p class="empty">${t("app.loading")}</p></article>`;
  return html`<article class="detail" data-testid="incident-page" data-incident=${id} data-state=${incident.state}>
    <${Back} />
    <${Heading} incident=${incident} />
    <${Presence} id=${id} detail=${detail} />
    <${Advice} incident=${incident} />
    <${Actions} incident=${incident} />
    <div class="detail-columns">
      <div class="detail-main">
        ${detail && html`<${Texts} texts=${detail.texts} />`}
        <${EvidencePicture} id=${id} kind=${incident.kind} onset=${incident.onset} />
        ${incident.resident && html`<${RoomPlan} resident=${incident.resident.id} room=${incident.room} mark=${version} />`}
        <section class="card"><h3>${t("incident.timeline")}</h3><${Timeline} events=${detail?.events ?? []} /></section>
        ${detail && html`<${Where} detail=${detail} />`}
      </div>
      <aside class="detail-side">${detail && html`
        <${Dispatch} detail=${detail} again=${again} />
        <${Person} incident=${incident} detail=${detail} />
        <${WhoWasTold} told=${detail.notifications} />`}</aside>
    </div>
  </article>`;
}

/** Whichever was said later. @param {Incident | undefined} a @param {Incident | null} b */
const newest = (a, b) => (a && b ? (a.version > b.version ? a : b) : a ?? b);

function Back() {
  return html`<a class="back" href=${href()} data-testid="back"><${Icon} name="back" />${t("nav.queue")}</a>`;
}

/** @param {{ incident: Incident }} props */
function Heading({ incident }) {
  const { resident } = incident;
  const sure = incident.probability === null ? "" : t("incident.certainty", { share: certainty(incident.probability) });
  return html`<header class="detail-head">
    <${PriorityTile} incident=${incident} />
    <div class="detail-title">
      <h2>${pick(incident.title)} ${incident.drill && html`<span class="chip drill">${t("row.drill")}</span>`}
        <${StateChip} incident=${incident} /></h2>
      <p class="detail-who">${resident
        ? html`<a href=${href("residents", resident.id)} title=${t("incident.open_resident")}>${resident.name}</a>`
        : html`<strong>${whoOf(incident)}</strong>`} <span>${placeOf(incident)}</span>
        <span class="soft">${nameOf(incident.station)} · ${t("row.number", { number: incident.number })}${
          incident.reported_by ? ` · ${t("report.by", { name: incident.reported_by.name })}` : ""}</span></p>
      <p class="detail-text" data-testid="incident-text">${pick(incident.text)} ${sure && html`<span class="soft">${sure}</span>`}</p>
    </div>
    <div class="detail-time">${!isClosed(incident) && html`<${Since} key=${incident.onset} instant=${incident.onset} />`}
      ${incident.next_step_at && html`<${NextStep} key=${incident.version} incident=${incident} />`}
      <${MuteButton} incident=${incident} muted=${muted(incident)} worded />
      <${Heard} incident=${incident} />
      <${Noticed} incident=${incident} /></div>
  </header>`;
}

/** @param {{ incident: Incident }} props */
function Noticed({ incident }) {
  const delay = Date.parse(incident.detected_at) - Date.parse(incident.onset);
  return html`<span class="soft noticed">${t("incident.onset")} ${dayTime(incident.onset, language.value)}
    ${delay >= 1000 && html`<br />${t("incident.detected")} ${delay < 60_000
      ? t("incident.after", { time: `${Math.round(delay / 1000)} ${t("evidence.seconds")}` })
      : t("incident.after", { time: span(delay, language.value) })}`}</span>`;
}

/** @param {{ incident: Incident }} props */
function Advice({ incident }) {
  if (isClosed(incident)) return null;
  return html`<div class="advice"><p data-testid="advice"><span class="advice-title">${t("advice.title")}</span> ${adviceFor(incident)}
      ${incident.kind === "break_glass" && html` <a href=${href("emergency")} data-testid="to-reviews">${t("advice.to_reviews")}</a>`}</p>
    <${Next} key=${incident.version} incident=${incident} /></div>`;
}

/** Who else has this open, so that two do not do the same. @param {{ id: string, detail: IncidentDetail | null }} props */
function Presence({ id, detail }) {
  const me = session.value?.account.id;
  const others = (state.value.viewers.get(id) ?? detail?.viewers ?? []).filter((one) => one.id !== me);
  if (!others.length) return html`<p class="presence" aria-live="polite"></p>`;
  const names = others.map(({ name }) => name).join(", ");
  return html`<p class="presence" aria-live="polite" data-testid="presence"><${Icon} name="user" />${t(others.length > 1 ? "presence.many" : "presence.also", { names })}</p>`;
}
