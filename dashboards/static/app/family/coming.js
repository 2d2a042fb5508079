// @ts-check
/** Who comes next, who came, what was ordered and how that stands; and the menu to order from. */
import { html, useState } from "../html.js";
import { post } from "../api.js";
import { now } from "../live/store.js";
import { t, tWord, isKey, language, nameOf } from "../language.js";
import { dayTime, shortDay } from "../format.js";
import { usePolled, useRemote } from "../parts/remote.js";
import { Note, useSaving } from "../parts/saving.js";
import { Menu, yuan } from "./menu.js";

/** @typedef {{ by: string, why: string, overdue: boolean, last: string | null }} NextVisit */
/** @typedef {{ id: number, at: string, way: string, result: string, visitor: { name: string } | null, replaced_by: number | null }} Visit */
/** @typedef {{ id: number, version: number, service: { name: string, name_en: string }, provider: { name: string }, wanted_at: string, pays_fen: number,
 *   state: string, rating: number | null, allowed: string[] }} Order */

const REFRESH_MS = 60_000;
const SHOWN = 3;

/** @param {{ id: number, zone: string }} props */
export function Coming({ id, zone }) {
  const visits = useRemote(`/care/visits?resident=${id}&limit=10`);
  const next = useRemote(`/care/residents/${id}/next-visit`);
  const orders = usePolled(`/care/orders?resident=${id}&limit=20`, REFRESH_MS);
  const came = /** @type {{ items: Visit[] } | null} */ (visits.data)?.items.filter((one) => one.replaced_by === null).slice(0, SHOWN) ?? [];
  const asked = /** @type {{ items: Order[] } | null} */ (orders.data)?.items ?? [];
  // All at once, so that nothing moves under a thumb.
  if (![visits, next, orders].every(({ data, error }) => data || error)) return html`<section class="card"><h2>${t("kin.coming")}</h2><p class="soft">${t("app.loading")}</p></section>`;
  return html`<section class="card" data-testid="coming"><h2>${t("kin.coming")}</h2>
    ${next.data && html`<${NextVisit} next=${/** @type {NextVisit} */ (next.data)} zone=${zone} />`}
    ${asked.length > 0 && html`<ul class="plain orders">${asked.slice(0, SHOWN * 2).map((one) => html`<${OneOrder} key=${one.id} order=${one} zone=${zone} again=${orders.again} />`)}</ul>`}
    ${came.length > 0 && html`<h3>${t("kin.came")}</h3><ul class="plain">${came.map((one) => html`<li key=${one.id}>
      <time dateTime=${one.at}>${dayTime(one.at, language.value, zone)}</time> · ${tWord("kin_way", one.way)}${one.visitor && html` <strong>${one.visitor.name}</strong>`}
${" "}<span class="soft">· ${tWord("kin_result", one.result)}</span></li>`)}</ul>`}
    <${Menu} id=${id} zone=${zone} done=${orders.again} /></section>`;
}

/** @param {{ next: NextVisit, zone: string }} props */
function NextVisit({ next, zone }) {
  const day = shortDay(next.by, language.value, zone);
  const late = next.overdue || Date.parse(next.by) < now.peek();
  return html`<p data-testid="next-visit">${late ? t("kin.visit_soon") : t("kin.visit_by", { day })}</p>`;
}

/** @param {{ order: Order, zone: string, again: () => void }} props */
function OneOrder({ order, zone, again }) {
  const { busy, said, save } = useSaving();
  const [asking, ask] = useState("");
  const act = async (/** @type {Record<string, any>} */ body) => {
    if (await save(() => post(`/care/orders/${order.id}/actions`, { version: order.version, ...body }))) ask("");
    again();
  };
  const offered = ["confirm", "cancel", "rate", "complain"].filter((action) => order.allowed.includes(action) && !(action === "rate" && order.rating));
  const press = (/** @type {string} */ action) => (["rate", "complain"].includes(action) ? ask(asking === action ? "" : action) : act({ action }));
  const key = `kin_order.${order.state}`;
  return html`<li class="order" data-testid="order" data-state=${order.state}>
    <p><strong>${nameOf(order.service)}</strong> <span class="soft">${order.provider.name} · ${yuan(order.pays_fen)}</span><br />
      <time dateTime=${order.wanted_at}>${dayTime(order.wanted_at, language.value, zone)}</time> · ${isKey(key) ? t(key) : order.state}${order.rating ? ` · ${t("kin.rated", { points: order.rating })}` : ""}</p>
    ${offered.length > 0 && html`<p class="order-steps">${offered.map((action) => html`<button key=${action} type="button" class=${action === "confirm" ? "primary" : "quiet"} disabled=${busy}
      data-testid=${`order-${action}`} aria-expanded=${["rate", "complain"].includes(action) ? String(asking === action) : undefined} onClick=${() => press(action)}>${tWord("kin_do", action)}</button>`)}</p>`}
    ${asking === "rate" && html`<p class="stars" role="group" aria-label=${t("kin.rate")}>${[1, 2, 3, 4, 5].map((points) => html`<button key=${points} type="button" disabled=${busy}
      data-testid=${`rate-${points}`} onClick=${() => act({ action: "rate", rating: points })}>${points}</button>`)} <span class="soft">${t("kin.rate_hint")}</span></p>`}
    ${asking === "complain" && html`<${Complaint} busy=${busy} send=${(/** @type {string} */ note) => act({ action: "complain", note })} />`}
    <${Note} said=${said} /></li>`;
}

/** @param {{ busy: boolean, send: (note: string) => void }} props */
function Complaint({ busy, send }) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    send(String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("note")));
  };
  return html`<form class="stack" onSubmit=${submit}><label>${t("kin.complaint")}<textarea name="note" rows="2" maxlength="500" required></textarea></label>
    <button type="submit" disabled=${busy}>${t("kin.send")}</button></form>`;
}
