// @ts-check
/** The responder's first page: am I free, can I go, what is mine, what else is near. */
import { html } from "../html.js";
import { state, now } from "../live/store.js";
import { session } from "../session.js";
import { t, tWord, pick, language } from "../language.js";
import { dayTime } from "../format.js";
import { href } from "../router.js";
import { placeOf, whoOf } from "../wording.js";
import { Since } from "../parts/times.js";
import { PushSwitch } from "../parts/push.js";
import { PriorityTile } from "../parts/tile.js";
import { expected } from "./outbox.js";
import { outbox, send } from "./sending.js";
import { free, offers } from "./known.js";
import { nowhere, whereAmI } from "./position.js";
import { sort, standing } from "./mine.js";
import { Left, Queued, Travel, Where } from "./parts.js";

/** @typedef {import("../../../types/contract.js").Incident} Incident */
/** @typedef {import("../../../types/contract.js").MyOffer} MyOffer */

/** Waiting wishes count as done on this phone. @param {"action" | "answer"} kind */
const subjects = (kind) => new Set(outbox.value.filter((one) => one.kind === kind && one.refused === null).map((one) => one.subject));

export function List() {
  const { mine, others } = sort([...state.value.active.values()], offers.value, session.value?.account.id ?? 0, subjects("action"));
  const asking = standing(offers.value, subjects("answer"), now.value);
  const past = offers.value.filter((one) => one.answer !== null && one.answer !== "accepted" && one.incident !== null).slice(0, 5);
  return html`<h1 class="unseen">${t("respond.title")}</h1>
    <${Queued} wishes=${outbox.value.filter((one) => one.kind === "answer" || one.kind === "state")} />
    ${asking.map((offer) => html`<${Asked} key=${offer.id} offer=${offer} />`)}
    ${mine.length > 0 && html`<section aria-label=${t("respond.mine")}><h2>${t("respond.mine")}</h2>
      <ul class="tasks">${mine.map((one) => html`<${Task} key=${one.id} incident=${one} mine />`)}</ul></section>`}
    ${!asking.length && !mine.length && html`<p class="nothing" data-testid="nothing-to-do">${t("respond.none")}</p>`}
    <${Free} />
    ${others.length > 0 && html`<section aria-label=${t("respond.others")}><h2>${t("respond.others")}</h2>
      <ul class="tasks">${others.slice(0, 20).map((one) => html`<${Task} key=${one.id} incident=${one} />`)}</ul></section>`}
    ${past.length > 0 && html`<section class="card"><h2>${t("respond.recent")}</h2><ul class="plain">${past.map((one) => html`<li key=${one.id}>
      ${pick(one.incident?.title)} <span class="soft">${dayTime(one.offered_at, language.value)} · ${tWord("answer", one.answer ?? "")}</span></li>`)}</ul></section>`}
    <section class="card"><${PushSwitch} /></section>`;
}

/** @param {{ offer: MyOffer }} props */
function Asked({ offer }) {
  const incident = /** @type {Incident} */ (offer.incident);
  const answer = (/** @type {boolean} */ accept) => () => send({ kind: "answer", subject: String(offer.id), body: { accept }, from: "" });
  return html`<section class=${`asked ${incident.priority}`} data-testid="offer" data-offer=${offer.id} data-incident=${incident.id}>
    <h2>${t("respond.offers")} ${incident.drill && html`<span class="chip drill">${t("row.drill")}</span>`}</h2>
    <p class="asked-title"><strong>${pick(incident.title)}</strong> ${whoOf(incident)}</p>
    <${Where} incident=${incident} />
    <p class="asked-times"><${Travel} offer=${offer} /> <${Left} key=${offer.expires_at} instant=${offer.expires_at} /></p>
    <div class="asked-buttons"><button type="button" class="primary big" data-testid="offer-accept" onClick=${answer(true)}>${t("respond.accept")}</button>
      <button type="button" class="big" data-testid="offer-decline" onClick=${answer(false)}>${t("respond.decline")}</button></div>
  </section>`;
}

/** @param {{ incident: Incident, mine?: boolean }} props */
function Task({ incident, mine = false }) {
  const waiting = expected(incident.state, outbox.value, incident.id);
  return html`<li class=${`task ${incident.priority}`} data-testid=${mine ? "my-task" : "other-task"} data-incident=${incident.id} data-state=${incident.state}>
    <${PriorityTile} incident=${incident} />
    <a class="task-link" href=${href("incident", incident.id)}><strong>${pick(incident.title)}</strong>
      ${incident.drill && html`<span class="chip drill">${t("row.drill")}</span>`}<br />
      ${[whoOf(incident), placeOf(incident)].filter(Boolean).join(" · ")}<br />
      <span class="chip">${tWord("state", waiting)}${!mine && incident.acknowledged_by ? ` · ${incident.acknowledged_by.name}` : ""}</span></a>
    <${Since} key=${incident.onset} instant=${incident.onset} /></li>`;
}

function Free() {
  const available = outbox.value.find((one) => one.kind === "state")?.body.available ?? free.value?.available ?? true;
  async function change() {
    const place = available ? null : await whereAmI();
    const body = { available: !available, ...(place ?? {}) };
    // Before it is sent: of two presses the answer to the first may come last.
    free.value = { lat: null, lon: null, at: null, ...free.peek(), ...body };
    await send({ kind: "state", subject: "", body, from: "" });
  }
  return html`<section class="card free" data-testid="free" data-free=${String(available)}>
    <button type="button" class="quiet" role="switch" aria-checked=${String(available)} data-testid="free-switch" onClick=${change}>${t("free.label")}</button>
    <p class="soft">${t(available ? "free.on" : "free.off")} ${t(nowhere.value ? "free.no_position" : "free.position")}</p></section>`;
}
