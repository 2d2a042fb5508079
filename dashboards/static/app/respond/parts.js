// @ts-check
/** Small things the responder's pages share. */
import { html, useComputed } from "../html.js";
import { now } from "../live/store.js";
import { t, tWord, language } from "../language.js";
import { distance, running, span } from "../format.js";
import { Icon } from "../parts/icon.js";
import { geoLink } from "./mine.js";
import { dismiss, flush } from "./sending.js";

/** @typedef {import("../../../types/contract.js").Incident} Incident */
/** @typedef {import("./outbox.js").Wish} Wish */

/** @param {{ offer: { travel_s: number | null, distance_m: number | null } }} props */
export function Travel({ offer }) {
  if (offer.travel_s === null && offer.distance_m === null) return null;
  return html`<span>${t("respond.travel", {
    time: offer.travel_s === null ? "–" : span(offer.travel_s * 1000, language.value),
    distance: offer.distance_m === null ? "–" : distance(offer.distance_m, language.value) })}</span>`;
}

/** Time left until an instant. @param {{ instant: string }} props */
export function Left({ instant }) {
  const text = useComputed(() => {
    const left = Date.parse(instant) - now.value;
    return left > 0 ? t("respond.offer_left", { time: running(left, language.value) }) : t("respond.offer_over");
  });
  return html`<span class="left">${text}</span>`;
}

/** @param {{ incident: Incident }} props */
export function Where({ incident }) {
  const home = /** @type {any} */ (incident.home);
  if (!home) return null;
  return html`<p class="where"><strong>${home.address || home.code}</strong>${incident.room && ` · ${tWord("room", incident.room)}`}</p>
    ${home.address && html`<p class="where-links"><a class="button" href=${geoLink(home)} data-testid="navigate"><${Icon} name="away" />${t("respond.navigate")}</a></p>`}`;
}

/** @param {Wish} wish */
function what(wish) {
  if (wish.kind === "answer") return t(wish.body.accept ? "queued.answer_accept" : "queued.answer_decline");
  if (wish.kind === "state") return t("queued.state");
  if (wish.kind === "photo") return t("photo.title");
  if (wish.body.action === "respond") return t("respond.on_the_way");
  if (wish.body.action === "arrive") return t("respond.arrived");
  const outcome = wish.body.outcome ? ` (${tWord("outcome", wish.body.outcome)})` : "";
  return tWord("action", wish.body.action) + outcome;
}

/** @param {string} code */
const why = (code) => (["lost-race", "illegal-transition", "not-found"].includes(code) ? t("queued.too_late") : tWord("problem", code));

const AT_ONCE_MS = 1_500; // what goes through by then needs no notice, which would only move the page under the thumb

/** What has not reached the server yet, or was refused by it. @param {{ wishes: Wish[] }} props */
export function Queued({ wishes }) {
  const slow = useComputed(() => { void now.value; return Date.now() - AT_ONCE_MS; }).value;
  const shown = wishes.filter((wish) => wish.refused !== null || wish.tries > 0 || wish.at < slow);
  if (!shown.length) return null;
  return html`<ul class="queued" aria-live="polite">${shown.map((wish) => html`<li key=${wish.key} data-testid="queued" data-refused=${String(wish.refused !== null)}
      class=${wish.refused === null ? "" : "is-refused"}>
    <${Icon} name=${wish.refused === null ? "offline" : "unknown"} />
    <span>${wish.refused === null ? t("queued.one", { what: what(wish) }) : t("queued.refused", { what: what(wish), why: why(wish.refused) })}</span>
    ${wish.refused === null
      ? html`<button type="button" class="quiet" onClick=${flush}>${t("queued.try")}</button>`
      : html`<button type="button" class="quiet" data-testid="queued-drop" onClick=${() => dismiss(wish.key)}>${t("queued.drop")}</button>`}
  </li>`)}</ul>`;
}
