// @ts-check
/** The month's settlement, read from the ledger: what each provider is owed, who pays which part. */
import { html, useState } from "../html.js";
import { query } from "../api.js";
import { t } from "../language.js";
import { href } from "../router.js";
import { useRemote } from "../parts/remote.js";
import { monthsBefore } from "./calendar.js";
import { today } from "./today.js";
import { Card, Figure, Head, Table, Waiting, money, useNode } from "./parts.js";
import { Download } from "./download.js";

/** @typedef {{ done: number, taken_back: number, owed_fen: number, subsidy_fen: number, residents_fen: number }} Sums */
/** @typedef {{ month: string, items: (Sums & { id: number, name: string, station: string })[], total: Sums, ledger_fen: number }} SettlementOut */

export function Settlement() {
  const { station, chooser } = useNode({ any: true });
  const [month, setMonth] = useState(today().slice(0, 7));
  const remote = useRemote(`/care/settlement${query({ station, month })}`);
  const found = /** @type {SettlementOut | null} */ (remote.data);
  return html`<section class="records scrolling"><${Head} title=${t("service.settlement")} back=${[href("services"), t("service.orders")]} about=${t("service.settlement_about")}>
      ${["csv", "xlsx"].map((format) => html`<${Download} key=${format} path=${`/care/export/settlement${query({ station, month, format })}`} name=${`settlement-${month}.${format}`} words=${format === "csv" ? "CSV" : "Excel"} />`)}
      <label>${t("visit.month")}<select value=${month} onChange=${(/** @type {any} */ event) => setMonth(event.target.value)}>${monthsBefore(today(), 13).map((each) => html`<option key=${each} value=${each}>${each}</option>`)}</select></label>${chooser}<//>
    <${Waiting} remote=${remote} />
    ${found && html`<div class="cards-2" data-testid="settlement"><div class="figures wide"><${Figure} value=${money(found.total.owed_fen)} label=${t("service.owed")} testid="owed" /><${Figure} value=${money(found.total.subsidy_fen)} label=${t("service.subsidies")} /><${Figure} value=${money(found.total.residents_fen)} label=${t("service.residents_pay")} /></div>
      <p class="wide soft">${t(found.ledger_fen === found.total.owed_fen ? "service.agrees" : "service.disagrees", { ledger: money(found.ledger_fen) })}</p>
      <${Card} title=${t("service.by_provider")} wide><${Table} label=${t("service.by_provider")} heads=${[t("service.provider"), t("care.station"), t("service.done"), t("service.taken_back"), t("service.owed"), t("service.subsidies"), t("service.residents_pay")]}
        rows=${found.items.map((one) => [one.name, one.station, one.done, one.taken_back, money(one.owed_fen), money(one.subsidy_fen), money(one.residents_fen)])} />
        ${!found.items.length && html`<p class="soft">${t("service.settlement_none")}</p>`}<//></div>`}</section>`;
}
