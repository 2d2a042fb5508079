// @ts-check
/** Forgetting somebody who has left: asked for, agreed to, carried out; then its certificate. */
import { html } from "../html.js";
import { post } from "../api.js";
import { t, language } from "../language.js";
import { dayTime } from "../format.js";
import { useRemote } from "../parts/remote.js";
import { confirmed } from "../access/confirm.js";
import { Download } from "./download.js";
import { Field, Refusal, onSubmit, useForm } from "./forms.js";

/** @typedef {{ requested_by: string, due_at: string, agreed_by: string | null, done_at: string | null }} Order */

const GROUNDS = /** @type {const} */ (["asked", "purpose_over", "consent_withdrawn", "unlawful"]);

/** @param {{ one: import("./person.js").File, again: () => void }} props */
export function Forgetting({ one, again }) {
  const path = `/care/residents/${one.id}/erasure`;
  const remote = useRemote(path);
  const order = /** @type {Order | null} */ (remote.data);
  const form = useForm({ ground: "asked" });
  const act = (/** @type {string} */ step, /** @type {object} */ body) => form.send(() => confirmed(() => post(`${path}${step}`, body)), () => { remote.again(); again(); });
  if (order?.done_at) {
    return html`<p data-testid="forgotten">${t("person.forgotten", { when: dayTime(order.done_at, language.value) })}</p>
      <${Download} path=${`${path}/certificate`} name=${`erasure-${one.id}.json`} words=${t("person.certificate")} />
      <${Download} path=${`${path}/certificate?format=pdf&language=${language.value}`} name=${`erasure-${one.id}.pdf`} words=${t("person.certificate_pdf")} />`;
  }
  if (!order) {
    return html`<details data-testid="forget"><summary>${t("person.forget")}</summary><form class="small-form" onSubmit=${onSubmit(() => act("", form.values))}><p>${t("person.forget_about")}</p>
      <${Field} form=${form} name="ground" label=${t("person.forget_ground")} options=${GROUNDS.map((ground) => [ground, t(`person.ground.${ground}`)])} />
      <${Refusal} form=${form} /><button type="submit" disabled=${form.busy}>${t("person.forget_ask")}</button></form></details>`;
  }
  const button = (/** @type {string} */ step, /** @type {"person.forget_agree" | "person.forget_drop" | "person.forget_now"} */ words) => html`<button type="button" disabled=${form.busy} onClick=${() => act(step, {})} data-testid=${`forget${step.replace("/", "-")}`}>${t(words)}</button>`;
  return html`<section data-testid="forget"><p>${t("person.forget_due", { who: order.requested_by, when: dayTime(order.due_at, language.value) })}</p><p>${t("person.forget_about")}</p>
    <${Refusal} form=${form} /><p class="acts">${!order.agreed_by && button("/agree", "person.forget_agree")} ${button("/drop", "person.forget_drop")} ${button("/carry-out", "person.forget_now")}</p></section>`;
}
