// @ts-check
/** One order: what, for whom, what it costs whom, every step with who and when. */
import { html, useState } from "../html.js";
import { t, tWord, language, nameOf } from "../language.js";
import { href } from "../router.js";
import { useRemote } from "../parts/remote.js";
import { dayTime } from "../format.js";
import { Card, Head, PersonLink, Waiting, money } from "./parts.js";
import { Acting } from "./order-acts.js";

/** @typedef {{ id: number, version: number, resident: { id: number, name: string }, station: { id: number, name: string }, service: { id: number, kind: string, name: string, name_en: string }, provider: { id: number, name: string } | null,
 *   via: string, wanted_at: string, price_fen: number, subsidy_fen: number, pays_fen: number, state: string, state_since: string, rating: number | null, complaint: string, note: string, allowed: string[],
 *   events: { at: string, kind: string, by: { name: string } | null, data: Record<string, any> }[] }} OrderOut */

/** @param {{ id: string }} props */
export function Order({ id }) {
  const remote = useRemote(`/care/orders/${encodeURIComponent(id)}`);
  const [newer, setNewer] = useState(/** @type {OrderOut | null} */ (null));
  const fetched = /** @type {OrderOut | null} */ (remote.data);
  const order = newer && fetched && newer.version > fetched.version ? newer : fetched;
  if (!order) return html`<${Waiting} remote=${remote} />`;
  const done = (/** @type {OrderOut | null} */ now) => { if (now?.version) setNewer(now); remote.again(); };
  return html`<section class="records scrolling" data-testid="order-page" data-state=${order.state}><${Head} title=${nameOf(order.service)} back=${[href("services"), t("service.orders")]}><span class=${`chip order-${order.state}`}>${tWord("order", order.state)}</span><//>
    <div class="cards-2"><${Card} title=${t("service.order")}><dl class="facts in-columns">
        <div><dt>${t("service.whom")}</dt><dd><${PersonLink} one=${order.resident} /></dd></div><div><dt>${t("service.wanted")}</dt><dd>${dayTime(order.wanted_at, language.value)}</dd></div>
        <div><dt>${t("service.provider")}</dt><dd>${order.provider?.name ?? "–"}</dd></div><div><dt>${t("service.via")}</dt><dd>${tWord("via", order.via)}</dd></div>
        <div><dt>${t("service.price")}</dt><dd>${money(order.price_fen)}</dd></div><div><dt>${t("service.subsidy")}</dt><dd>${money(order.subsidy_fen)}</dd></div>
        <div><dt>${t("service.pays")}</dt><dd><strong>${money(order.pays_fen)}</strong></dd></div>
        ${order.rating && html`<div><dt>${t("service.rating")}</dt><dd>${"★".repeat(order.rating)}</dd></div>`}</dl>
        ${order.note && html`<p class="written">${order.note}</p>`}${order.complaint && html`<p class="alarming">${order.complaint}</p>`}
        ${order.allowed.length > 0 && html`<${Acting} key=${order.version} order=${order} actions=${order.allowed} done=${done} />`}<//>
      <${Card} title=${t("service.steps")}><ol class="plain">${order.events.map((event, i) => html`<li key=${i}><strong>${tWord("step", event.kind)}</strong> <span class="soft">${dayTime(event.at, language.value)} · ${event.by?.name ?? ""}</span>
        ${event.data.note && html`<br /><span class="written">${event.data.note}</span>`}</li>`)}</ol><//></div></section>`;
}
