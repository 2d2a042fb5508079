// @ts-check
/** Who was told of an incident, by what, and whether they have seen it. */
import { html } from "../html.js";
import { t, tWord, language } from "../language.js";
import { exactTime } from "../format.js";

/** @typedef {import("../../../types/contract.js").Told} Told */

/** The furthest it came, and when. @param {Told} one */
const reached = (one) => ({ queued: one.queued_at, sent: one.sent_at, delivered: one.delivered_at, seen: one.seen_at })[/** @type {"sent"} */ (one.state)] ?? one.queued_at;

/** @param {{ told: Told[] | undefined }} props */
export function WhoWasTold({ told }) {
  if (!told) return null;
  return html`<section class="card"><h3>${t("told.title")}</h3>
    ${!told.length && html`<p class="soft">${t("told.none")}</p>`}
    <ul class="plain told" data-testid="told">${told.map((one) => html`<li key=${`${one.id} ${one.recipient.kind} ${one.recipient.id} ${one.purpose} ${one.queued_at}`}
        data-state=${one.state} data-recipient=${one.recipient.kind}>
      <strong>${one.recipient.name || tWord("recipient", one.recipient.kind)}</strong>
      <span class="soft">${[tWord("purpose", one.purpose), one.channel && tWord("channel", one.channel)].filter(Boolean).join(" · ")}</span>
      <span class=${`told-state is-${one.state}`}>${tWord("told", one.state)} <time dateTime=${reached(one)}>${exactTime(reached(one), language.value)}</time>${
        one.tries > 1 ? ` · ${t("told.tries", { count: one.tries })}` : ""}</span>
      ${one.error && html`<span class="told-error">${one.error}</span>`}
    </li>`)}</ul></section>`;
}
