// @ts-check
/** A station's cheap screen: the most urgent incident, big, and one button. It never looks alive when it is not. */
import { html, render, signal } from "../html.js";
import { post } from "../api.js";
import { requireSession, session } from "../session.js";
import { Opening } from "../parts/opening.js";
import { isWorse } from "../live/order.js";
import { startStore, setClock, state, queues, link, learn } from "../live/store.js";
import { adoptZone } from "../live/zone.js";
import { startReceipts } from "../live/receipts.js";
import { startAlarm, announcement } from "../alarm/alarm.js";
import { blocked, allowSound } from "../alarm/sound.js";
import { t, tWord, pick, teach } from "../language.js";
import { BOARD } from "../../messages/board.js";
import { CONSOLE } from "../../messages/console.js";
import { adviceFor, placeOf, whoOf } from "../wording.js";
import { lastUpdate } from "../parts/connection.js";
import { LanguageSwitch } from "../parts/controls.js";
import { Icon } from "../parts/icon.js";
import { Since, WallClock } from "../parts/times.js";

teach(BOARD);
teach(CONSOLE);

/** @typedef {import("../live/state.js").Incident} Incident */

const taking = signal("");

/** Take it, or say that one heard that it got worse. @param {Incident} incident */
async function take(incident) {
  taking.value = incident.id;
  const path = `/incidents/${incident.id}/actions`;
  const wish = isWorse(incident) ? { action: "note", note: t("row.heard") } : { action: "acknowledge" };
  // Whoever was faster, the incident that comes by the live connection says so; this screen only shows.
  await post(path, { ...wish, version: incident.version }).then(learn, (error) => console.info("not taken", error.message));
  taking.value = "";
}

/** @param {{ incident: Incident, more: number }} props */
function Alarm({ incident, more }) {
  return html`<section class=${`alarm ${incident.priority}`} data-testid="console-alarm" data-incident=${incident.id}>
    <div class=${`alarm-lamp tile ${incident.priority} calling`}><${Icon} name=${incident.kind} /><span class="unseen">${tWord("priority", `${incident.priority}_long`)}</span></div>
    <div class="alarm-words">
      <p class="alarm-title">${incident.drill && html`<span class="chip drill">${t("row.drill")}</span> `}${pick(incident.title)} <${Since} key=${incident.onset} instant=${incident.onset} /></p>
      <p class="alarm-who">${whoOf(incident)}</p>
      <p class="alarm-place">${placeOf(incident)}</p>
      <p class="alarm-advice">${adviceFor(incident)}</p>
    </div>
    ${incident.allowed.includes(isWorse(incident) ? "note" : "acknowledge") && html`<button type="button" class="alarm-take" data-testid="console-take" disabled=${taking.value === incident.id}
      onClick=${() => take(incident)}>${t(isWorse(incident) ? "row.heard" : "console.take")}</button>`}
    ${more > 0 && html`<p class="alarm-more">${t("console.more", { count: more })}</p>`}
  </section>`;
}

function Lost() {
  return html`<section class="lost" role="alert" data-testid="console-lost"><${Icon} name="offline" />
    <p class="lost-title">${t("console.stale")}</p><p>${lastUpdate(link.value.heardAt)}</p><p>${t("console.call")}</p></section>`;
}

function Screen() {
  const { phase } = link.value;
  if (phase === "lost") return html`<${Lost} />`;
  if (!session.value) return html`<${Opening} />`;
  if (phase !== "live" || !state.value.complete) return html`<p class="calm-words">${t("console.fetching")}</p>`;
  const { waiting, inHand } = queues.value;
  if (waiting.length) return html`<${Alarm} key=${waiting[0].id} incident=${waiting[0]} more=${waiting.length - 1} />`;
  return html`<section class="calm-screen" data-testid="console-calm"><${Icon} name="check" /><p class="calm-words">${t("console.calm")}</p>
    ${inHand.length > 0 && html`<p>${t("console.in_hand", { count: inHand.length })}</p>`}</section>`;
}

function Console() {
  const live = link.value.phase === "live";
  return html`<header class="screen-head"><span class="brand">${t("console.title")}</span>
      <span class="connection" data-testid="board-connection" data-state=${link.value.phase}><span class="lamp" aria-hidden="true"></span>${t(`connection.${link.value.phase}`)}</span>
      ${live && html`<${WallClock} />`}
      ${blocked.value && html`<button type="button" class="sound-off" data-testid="sound-enable" onClick=${allowSound}><${Icon} name="bell_off" />${t("console.sound")}</button>`}
      <${LanguageSwitch} /></header>
    <main id="main"><h1 class="unseen">${t("console.title")}</h1><${Screen} /></main>
    <div class="unseen" aria-live="assertive">${announcement}</div>`;
}

async function start() {
  render(html`<${Console} />`, /** @type {Element} */ (document.getElementById("app")));
  const opened = await requireSession();
  if (!opened) return;
  setClock(opened.server_time);
  adoptZone();
  startStore();
  startReceipts();
  startAlarm("console.title");
}

start();
