// @ts-check
/** A relative's own smart home: let it hear how the person is, and end that again. */
import { html, useState } from "../html.js";
import { post, remove } from "../api.js";
import { t, language } from "../language.js";
import { shortDay } from "../format.js";
import { confirmed } from "../access/confirm.js";
import { useRemote } from "../parts/remote.js";
import { Note, fieldsOf, useSaving } from "../parts/saving.js";
import { Sure } from "../parts/sure.js";

/** @typedef {{ id: number, code: string, label: string, created_at: string }} Home */
/** @typedef {Home & { user: string, secret: string, broker: string, discovery_prefix: string, status_topic: string }} Made */

const SHOWN = /** @type {const} */ (["broker", "user", "secret", "discovery_prefix", "status_topic"]);

/** @param {{ id: number, name: string }} props */
export function Homes({ id, name }) {
  const path = `/residents/${id}/family-homes`;
  const { data, again } = useRemote(path);
  const [made, setMade] = useState(/** @type {Made | null} */ (null));
  const { busy, said, save } = useSaving();
  if (!data) return null;
  const items = /** @type {{ items: Home[] }} */ (data).items;
  async function add(/** @type {SubmitEvent} */ event) {
    const label = fieldsOf(event).get("label");
    const answer = await save(() => confirmed(() => post(path, { label, language: language.value })));
    if (answer) { setMade(answer); again(); }
  }
  const drop = (/** @type {Home} */ one) => save(() => remove(`${path}/${one.id}`)).then(() => { setMade(null); again(); });
  return html`<details class="card" data-testid="family-homes"><summary><h2>${t("homes.title")}</h2></summary>
    <p class="soft">${t("homes.about", { name })}</p>
    <ul class="plain">${items.map((one) => html`<li key=${one.id} class="silence"><span><strong>${one.label}</strong> <span class="soft">· ${t("kin.since", { day: shortDay(one.created_at, language.value) })}</span></span>
      <${Sure} words=${t("form.remove")} about=${one.label} run=${() => drop(one)} /></li>`)}</ul>
    <form class="form-column" onSubmit=${add}><label>${t("homes.label", { name })}<input name="label" required maxlength="40" data-testid="home-label" /></label>
      <button type="submit" disabled=${busy} data-testid="home-add">${t("homes.add")}</button><${Note} said=${said} /></form>
    ${made && html`<div role="status" data-testid="home-made"><p>${t("homes.once")}</p>
      ${SHOWN.map((field) => html`<label key=${field}>${t(`homes.${field}`)}<input readonly value=${made[field]} data-testid=${`home-${field}`} onFocus=${(/** @type {any} */ event) => event.target.select()} /></label>`)}</div>`}</details>`;
}
