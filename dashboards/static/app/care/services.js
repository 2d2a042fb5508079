// @ts-check
/** Service orders as a board by state: what is asked for, what is promised, what is done and waits to be confirmed. */
import { html } from "../html.js";
import { query } from "../api.js";
import { t, tWord, language, nameOf } from "../language.js";
import { href } from "../router.js";
import { usePolled } from "../parts/remote.js";
import { dayTime } from "../format.js";
import { serverNow } from "../live/store.js";
import { Head, Waiting, money, useNode } from "./parts.js";
import { Acting, NEXT } from "./order-acts.js";
import { may } from "./may.js";

/** @typedef {import("./order.js").OrderOut} OrderOut */

const REFRESH_MS = 20_000;
// Of these the one that is wanted first stands first; what is over, the latest.
const WAITING = new Set(["requested", "accepted", "carried_out", "complained"]);
const COLUMNS = /** @type {const} */ (["requested", "accepted", "carried_out", "complained", "confirmed"]);

export function Services() {
  const { station, chooser } = useNode({ any: true });
  return html`<section class="records scrolling orders-page"><${Head} title=${t("service.orders")}>
      <a class="button" href=${href("people")}>${t("service.for_somebody")}</a><a class="button" href=${href("menu")} data-testid="to-menu">${t("service.menu")}</a>
      ${may("settle") && html`<a class="button" href=${href("settlement")} data-testid="to-settlement">${t("service.settlement")}</a>`}${chooser}<//>
    <div class="order-board" data-testid="order-board" tabindex="0" role="group" aria-label=${t("service.orders")}>${COLUMNS.map((state) => html`<${Column} key=${state} state=${state} station=${station} />`)}</div></section>`;
}

/** @param {{ state: string, station: number | null }} props */
function Column({ state, station }) {
  const remote = usePolled(`/care/orders${query({ station, state, limit: WAITING.has(state) ? 200 : 50 })}`, REFRESH_MS);
  const list = /** @type {{ items: OrderOut[], next: string | null } | null} */ (remote.data);
  const items = WAITING.has(state) ? [...(list?.items ?? [])].sort((a, b) => Date.parse(a.wanted_at) - Date.parse(b.wanted_at)) : list?.items ?? [];
  return html`<section class=${`order-column is-${state}`} data-testid=${`orders-${state}`}><h2>${tWord("order", state)} <span class="count">${list ? `${list.items.length}${list.next ? "+" : ""}` : ""}</span></h2>
    <${Waiting} remote=${remote} />
    <ul class="plain">${items.map((order) => html`<${Ticket} key=${order.id} order=${order} again=${remote.again} />`)}</ul>
    ${list && !list.items.length && html`<p class="soft">${t("service.nothing_here")}</p>`}</section>`;
}

/** @param {{ order: OrderOut, again: () => void }} props */
function Ticket({ order, again }) {
  const late = ["requested", "accepted"].includes(order.state) && Date.parse(order.wanted_at) < serverNow();
  const next = NEXT[order.state];
  return html`<li class="card ticket" data-testid="order" data-order=${order.id}><a class="ticket-link" href=${href("services", order.id)}><strong>${nameOf(order.service)}</strong></a>
    <span>${order.resident.name}</span> <span class=${late ? "alarming" : "soft"}>${dayTime(order.wanted_at, language.value)}${late ? ` · ${t("service.late")}` : ""}</span>
    <span class="soft">${order.provider?.name ?? ""} · ${money(order.pays_fen)}${order.rating ? ` · ${"★".repeat(order.rating)}` : ""}</span>
    ${order.note && html`<span class="written">${order.note}</span>`}
    ${next && order.allowed.includes(next) && html`<${Acting} order=${order} actions=${[next]} done=${again} />`}</li>`;
}
