// @ts-check
/** What a volunteer saved and passed on, line by line; and passing on. */
import { html } from "../html.js";
import { post, query } from "../api.js";
import { t, tWord, language } from "../language.js";
import { href } from "../router.js";
import { useRemote } from "../parts/remote.js";
import { dayTime } from "../format.js";
import { session } from "../session.js";
import { Card, Figure, Head, Table, Waiting, hours, useSettled } from "./parts.js";
import { Field, Refusal, Tiles, onSubmit, useForm } from "./forms.js";
import { freshId } from "./fresh-id.js";

/** @typedef {{ at: string, what: string, source: string, minutes: number, balance_min: number }} Line */

/** @param {{ id: string }} props */
export function Statement({ id }) {
  const remote = useRemote(`/care/volunteers/${encodeURIComponent(id)}/statement`);
  const found = /** @type {{ balance_min: number, items: Line[], account?: { id: number, name: string } } | null} */ (remote.data);
  return html`<section class="records scrolling"><${Head} title=${found?.account?.name ?? t("hours.statement")} back=${[href("hours"), t("care.hours")]} /><${Waiting} remote=${remote} />
    ${found && html`<div class="cards-2"><${Card} title=${t("hours.statement")} wide testid="statement"><div class="figures"><${Figure} value=${hours(found.balance_min)} label=${t("hours.balance")} /></div><${Lines} items=${found.items} /><//>
      ${String(session.value?.account.id) === id && html`<${Transfer} from=${Number(id)} most=${found.balance_min} done=${remote.again} />`}</div>`}</section>`;
}

/** @param {{ items: Line[] }} props  the oldest first, as the ledger has them */
export function Lines({ items }) {
  if (!items.length) return html`<p class="soft">${t("hours.none")}</p>`;
  return html`<${Table} label=${t("hours.statement")} heads=${[t("hours.at"), t("hours.what"), t("hours.minutes"), t("hours.balance")]}
    rows=${[...items].reverse().map((line) => [dayTime(line.at, language.value), tWord("entry", line.what), hours(line.minutes), hours(line.balance_min)])} />`;
}

/** Saved time is passed on to another volunteer or to an old person, by the rules of the ledger. @param {{ from: number, most: number, done: () => void }} props */
export function Transfer({ from, most, done }) {
  const form = useForm({ kind: "volunteer", to: "", q: "", minutes: "60", request: freshId() });
  const { values } = form;
  const q = useSettled(values.q, 250).trim();
  const path = values.kind === "volunteer" ? "/care/volunteers" : `/care/residents${query({ q, limit: 20 })}`;
  const { data } = useRemote(path);
  const found = (/** @type {any} */ (data)?.items ?? []).map((/** @type {any} */ one) => one.account ?? one).filter((/** @type {any} */ one) => values.kind !== "volunteer" || one.id !== from);
  if (most <= 0) return null;
  const save = () => form.send(() => post("/care/time/transfers", { request: values.request, to_kind: values.kind, to_id: Number(values.to), minutes: Number(values.minutes) }), () => { form.all({ ...values, to: "", request: freshId() }); done(); });
  return html`<${Card} title=${t("hours.pass_on")} testid="transfer"><form onSubmit=${onSubmit(save)}><${Tiles} name="kind" legend=${t("hours.to_whom")} value=${values.kind} choose=${(/** @type {string} */ kind) => form.all({ ...values, kind, to: "" })}
      options=${[{ value: "volunteer", label: t("hours.volunteer") }, { value: "resident", label: t("hours.resident") }]} />
    <div class="form-grid">${values.kind === "resident" && html`<${Field} form=${form} name="q" type="search" label=${t("people.search")} />`}
      <${Field} form=${form} name="to" label=${t("hours.who")} options=${[["", "–"], ...found.map((/** @type {any} */ one) => [one.id, one.name])]} required />
      <${Field} form=${form} name="minutes" label=${t("hours.how_many")} type="number" min="1" max=${most} hint=${t("hours.most", { time: hours(most) })} required /></div>
    <${Refusal} form=${form} /><button type="submit" disabled=${form.busy || !values.to} data-testid="transfer-send">${t("hours.pass_on")}</button></form><//>`;
}
