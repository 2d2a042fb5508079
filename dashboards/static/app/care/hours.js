// @ts-check
/** The time bank: hours that volunteers saved by confirmed visits and orders. */
import { html } from "../html.js";
import { post, query, remove } from "../api.js";
import { t, nameOf } from "../language.js";
import { href } from "../router.js";
import { useRemote } from "../parts/remote.js";
import { session } from "../session.js";
import { Card, Figure, Head, Table, Waiting, hours, useNode } from "./parts.js";
import { Field, Refusal, onSubmit, useForm } from "./forms.js";
import { Lines, Transfer } from "./statement.js";
import { may } from "./may.js";

/** @typedef {{ account: { id: number, name: string }, station: { id: number, name: string } | null, balance_min: number, earned_min?: number }} Volunteer */

export function Hours() {
  const { station, chooser } = useNode({ any: true });
  const own = useRemote("/care/time");
  const desk = may("set_care");
  return html`<section class="records scrolling"><${Head} title=${t("care.hours")} about=${t("hours.about")}>${desk && chooser}<//>
    <div class="cards-2">${desk && html`<${Volunteers} station=${station} />`}
      ${own.data && html`<${Card} title=${t("hours.own")} testid="own-hours"><div class="figures"><${Figure} value=${hours(/** @type {any} */ (own.data).balance_min)} label=${t("hours.balance")} /></div>
        <${Lines} items=${/** @type {any} */ (own.data).items} /><//>
        <${Transfer} from=${session.value?.account.id ?? 0} most=${/** @type {any} */ (own.data).balance_min} done=${own.again} />`}
      ${!own.data && !desk && html`<${Waiting} remote=${own} />`}</div></section>`;
}

/** @param {{ station: number | null }} props */
function Volunteers({ station }) {
  const remote = useRemote(`/care/volunteers${query({ station })}`);
  const items = /** @type {{ items: Volunteer[] } | null} */ (remote.data)?.items;
  const form = useForm({});
  const drop = (/** @type {number} */ account) => form.send(() => remove(`/care/volunteers/${account}`), remote.again);
  return html`<${Card} title=${t("hours.volunteers")} wide testid="volunteers"><${Waiting} remote=${remote} />
    ${items && !items.length && html`<p class="soft">${t("hours.nobody")}</p>`}
    ${items && items.length > 0 && html`<${Table} label=${t("hours.volunteers")} heads=${[t("person.name"), t("care.station"), t("hours.balance"), may("run_station") ? t("care.remove") : ""]}
      rows=${items.map((one) => [html`<a href=${href("hours", one.account.id)}>${one.account.name}</a>`, nameOf(one.station), hours(one.balance_min),
        may("run_station") && html`<button type="button" class="quiet" disabled=${form.busy} onClick=${() => drop(one.account.id)}>${t("care.remove")}</button>`])} />`}<${Refusal} form=${form} />
    ${may("run_station") && station !== null && html`<${AddVolunteer} station=${station} known=${items ?? []} done=${remote.again} />`}<//>`;
}

/** @param {{ station: number, known: Volunteer[], done: () => void }} props */
function AddVolunteer({ station, known, done }) {
  const { data } = useRemote(`/accounts${query({ station, limit: 200 })}`);
  const people = (/** @type {any} */ (data)?.items ?? []).filter((/** @type {any} */ one) => one.disabled_at === null && !known.some(({ account }) => account.id === one.id));
  const form = useForm({ account: "" });
  if (!people.length) return null;
  const save = () => form.send(() => post("/care/volunteers", { account_id: Number(form.values.account), station_id: station }), done);
  return html`<form class="small-form" onSubmit=${onSubmit(save)}><${Field} form=${form} name="account" label=${t("hours.add")} options=${[["", "–"], ...people.map((/** @type {any} */ one) => [one.id, one.name])]} required />
    <${Refusal} form=${form} /><button type="submit" disabled=${form.busy || !form.values.account}>${t("hours.add")}</button></form>`;
}
