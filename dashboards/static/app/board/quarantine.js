// @ts-check
/** Messages that could not be understood, with the reason; for administrators. */
import { html, useState } from "../html.js";
import { query } from "../api.js";
import { t, language, teach } from "../language.js";
import { RECORDS } from "../../messages/records.js";
import { dayTime } from "../format.js";
import { usePaged } from "../parts/paged.js";
import { useRemote } from "../parts/remote.js";
import { ListEnd } from "./residents.js";

teach(RECORDS);

/** @typedef {import("../../../types/contract.js").Quarantined} Quarantined */

/** @param {{ one: Quarantined }} props */
function Entry({ one }) {
  return html`<li class="card quarantined" data-testid="quarantine-row" data-reason=${one.reason}>
    <p><strong class="chip">${one.reason}</strong> <span class="topic">${one.topic}</span></p>
    <p>${one.detail}</p>
    <pre aria-label=${t("quarantine.preview")} tabindex="0">${one.preview}</pre>
    <p class="soft">${t("quarantine.times")} ${one.times} · ${t("quarantine.last")} ${dayTime(one.last_at, language.value)} · ${
      t("quarantine.bytes", { count: one.size })}</p>
  </li>`;
}

export function Quarantine() {
  const [reason, setReason] = useState("");
  const list = usePaged(`/quarantine${query({ reason })}`);
  const { data } = useRemote("/quarantine?limit=1");
  const counts = /** @type {{ counts: { reason: string, times: number }[] } | null} */ (data)?.counts ?? [];
  return html`<section class="records scrolling">
    <header class="records-head"><h1>${t("quarantine.title")}</h1>
      <label>${t("quarantine.reason")}<select value=${reason} onChange=${(/** @type {any} */ event) => setReason(event.target.value)}>
        <option value="">${t("quarantine.any")}</option>
        ${counts.map((one) => html`<option key=${one.reason} value=${one.reason}>${one.reason} (${one.times})</option>`)}
      </select></label>
      <p class="soft about">${t("quarantine.about")}</p>
    </header>
    <ul class="plain">${/** @type {Quarantined[]} */ (list.items).map((one) => html`<${Entry} key=${one.id} one=${one} />`)}</ul>
    ${list.next ? html`<button type="button" onClick=${list.more}>${t("app.more")}</button>`
      : !list.items.length && html`<${ListEnd} list=${list} empty=${t("quarantine.empty")} end="" />`}
  </section>`;
}
