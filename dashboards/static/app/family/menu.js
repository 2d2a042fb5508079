// @ts-check
/** The station's menu: choose a service, say when, order. */
import { html, useRef, useState } from "../html.js";
import { post } from "../api.js";
import { now } from "../live/store.js";
import { t, nameOf } from "../language.js";
import { fromField, toField } from "../parts/local-time.js";
import { useRemote } from "../parts/remote.js";
import { Note, fieldsOf, useSaving } from "../parts/saving.js";
import { freshId } from "../care/fresh-id.js";

/** @typedef {{ id: number, kind: string, name: string, name_en: string, provider: string, price_fen: number, subsidy_fen: number, pays_fen: number }} Line */

const DAY_MS = 86_400_000;

/** @param {number} fen */
export const yuan = (fen) => `¥${(fen / 100).toFixed(2)}`;

/** @param {{ id: number, zone: string, done: () => void }} props */
export function Menu({ id, zone, done }) {
  const [open, setOpen] = useState(false);
  return html`<details open=${open} onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)} data-testid="menu">
    <summary>${t("kin.order")}</summary>${open && html`<${Choose} id=${id} zone=${zone} done=${() => { setOpen(false); done(); }} />`}</details>`;
}

/** @param {{ id: number, zone: string, done: () => void }} props */
function Choose({ id, zone, done }) {
  const { data } = useRemote(`/care/residents/${id}/menu`);
  const { busy, said, save } = useSaving();
  const request = useRef(freshId()); // pressed twice, or sent again after a bad signal, it is one order
  const lines = /** @type {{ items: Line[] } | null} */ (data)?.items;
  if (!lines) return html`<p class="soft">${t("app.loading")}</p>`;
  if (!lines.length) return html`<p class="soft">${t("kin.no_menu")}</p>`;
  const [day] = toField(now.peek() + DAY_MS, zone).split("T");
  async function submit(/** @type {SubmitEvent} */ event) {
    const fields = fieldsOf(event);
    const wish = { resident_id: id, service_id: Number(fields.get("service")), note: String(fields.get("note")).trim(), request: request.current,
      wanted_at: fromField(`${fields.get("day")}T${fields.get("time")}`, zone) };
    if (await save(() => post("/care/orders", wish))) done();
  }
  return html`<form class="stack" onSubmit=${submit} data-testid="order-form">
    <fieldset class="menu-lines"><legend>${t("kin.which")}</legend>${lines.map((one) => html`<label key=${one.id} class="choice"><input type="radio" name="service" value=${one.id} required />
      <span><strong>${nameOf(one)}</strong> <span class="soft">${one.provider}</span><br />${t("kin.pays", { price: yuan(one.pays_fen) })}${one.subsidy_fen > 0
        ? html` <span class="soft">${t("kin.subsidy", { price: yuan(one.subsidy_fen) })}</span>` : ""}</span></label>`)}</fieldset>
    <div class="choices"><label>${t("kin.day")}<input type="date" name="day" required value=${day} min=${toField(now.peek(), zone).slice(0, 10)} /></label>
      <label>${t("kin.time")}<input type="time" name="time" required value="10:00" /></label></div>
    <label>${t("kin.order_note")}<input name="note" maxlength="200" autocomplete="off" /></label>
    <button type="submit" class="primary big" disabled=${busy} data-testid="order-send">${t("kin.order_send")}</button>
    <${Note} said=${said} /></form>`;
}
