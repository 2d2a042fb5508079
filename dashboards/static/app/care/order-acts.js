// @ts-check
/** The buttons of an order, and what some of them ask first. */
import { html, useState } from "../html.js";
import { post } from "../api.js";
import { t, tWord } from "../language.js";
import { Field, Refusal, Tiles, onSubmit, useForm } from "./forms.js";

/** The usual next step from each state. @type {Record<string, string>} */
export const NEXT = { requested: "accept", accepted: "carry_out", carried_out: "confirm" };
const ASKS_WHY = new Set(["refuse", "complain", "refund", "uphold"]);

/** @param {{ order: import("./order.js").OrderOut, actions: string[], done: (order: any) => void }} props */
export function Acting({ order, actions, done }) {
  const [open, setOpen] = useState("");
  const form = useForm({ note: "", rating: 5, minutes: "" });
  const { values } = form;
  const send = (/** @type {string} */ action) => form.send(() => post(`/care/orders/${order.id}/actions`, { action, version: order.version, ...(values.note ? { note: values.note } : {}),
    ...(action === "rate" ? { rating: values.rating } : {}), ...(action === "carry_out" && values.minutes ? { minutes: Number(values.minutes) } : {}) }), (now) => { setOpen(""); done(now); });
  const asks = (/** @type {string} */ action) => ASKS_WHY.has(action) || action === "rate" || (action === "carry_out" && actions.length > 1);
  return html`<div class="order-acts"><p class="form-buttons">${actions.map((action) => html`<button key=${action} type="button" class=${NEXT[order.state] === action ? "primary" : ""} disabled=${form.busy}
      aria-expanded=${asks(action) ? String(open === action) : undefined} data-testid=${`do-${action}`} onClick=${() => (asks(action) ? setOpen(open === action ? "" : action) : send(action))}>${tWord("do", action)}</button>`)}</p>
    ${open && html`<form class="small-form" onSubmit=${onSubmit(() => send(open))}>
      ${open === "rate" && html`<${Tiles} name=${`rating-${order.id}`} legend=${t("service.rating")} value=${values.rating} choose=${(/** @type {number} */ rating) => form.set("rating", rating)} options=${[1, 2, 3, 4, 5].map((each) => ({ value: each, label: "★".repeat(each) }))} />`}
      ${open === "carry_out" && html`<${Field} form=${form} name="minutes" type="number" min="0" max="1440" label=${t("service.minutes")} hint=${t("service.minutes_hint")} />`}
      <${Field} form=${form} name="note" label=${ASKS_WHY.has(open) ? t("care.why") : t("care.note")} rows=${2} required=${ASKS_WHY.has(open)} />
      <button type="submit" class="primary" disabled=${form.busy} data-testid="do-send">${tWord("do", open)}</button></form>`}
    <${Refusal} form=${form} /></div>`;
}
