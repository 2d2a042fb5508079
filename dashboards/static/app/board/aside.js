// @ts-check
/** Beside the queue when no incident is open: how much there is to do, what just ended, is the system well. */
import { html } from "../html.js";
import { state, queues } from "../live/store.js";
import { roles } from "../session.js";
import { language, t, tWord, pick } from "../language.js";
import { delay } from "../format.js";
import { href } from "../router.js";
import { lazy } from "../parts/lazy.js";
import { usePolled } from "../parts/remote.js";
import { Ago } from "../parts/times.js";
import { whoOf } from "../wording.js";

const SHOWN = 8;
const Report = lazy(async () => (await import("./report.js")).Report, true);

/** @param {{ value: number, label: string, tone: string }} props */
const Figure = ({ value, label, tone }) =>
  html`<div class=${`figure ${value ? tone : ""}`}><b>${value}</b><span>${label}</span></div>`;

export function Aside() {
  const { waiting, inHand } = queues.value;
  const closed = [...state.value.closed.values()].slice(-SHOWN).reverse();
  return html`<aside class="overview" aria-label=${t("aside.today")}>
    <div class="figures">
      <${Figure} value=${waiting.length} label=${t("aside.waiting")} tone="hot" />
      <${Figure} value=${inHand.length} label=${t("aside.in_hand")} tone="warm" />
    </div>
    <${Report} />
    <section class="card"><h2>${t("queue.recent")}</h2>
      ${closed.length === 0 && html`<p class="soft">${t("aside.no_closed")}</p>`}
      <ul class="plain" data-testid="recently-closed">${closed.map((one) => html`<li key=${one.id}>
        <a href=${href("incident", one.id)}>${pick(one.title)}</a> ${whoOf(one)}${" "}
        <span class="soft">${one.outcome ? tWord("outcome", one.outcome) : tWord("state", one.state)} · <${Ago} key=${one.state_since} instant=${one.state_since} /></span>
      </li>`)}</ul></section>
    ${(roles.value.has("operator") || roles.value.has("administrator")) && html`<${System} />`}
  </aside>`;
}

function System() {
  const system = /** @type {import("../../../types/contract.js").SystemState | null} */ (usePolled("/system", 10_000).data);
  if (!system) return null;
  const { parts, ingest } = system;
  return html`<section class="card" data-testid="system"><h2>${t("aside.system")}</h2>
    <ul class="plain parts">${parts.map((part) => html`<li key=${part.name} class=${part.ok ? "ok" : "bad"}>
      <span class="lamp" aria-hidden="true"></span>${tWord("part", part.name)}
      <span class="soft" title=${part.detail}>${t(part.ok ? "aside.part_ok" : "aside.part_bad")}</span></li>`)}</ul>
    <dl class="facts inline">
      <dt>${t("aside.received")}</dt><dd>${ingest.received_total.toLocaleString("en")}</dd>
      <dt>${t("aside.quarantined")}</dt><dd>${ingest.quarantined_total.toLocaleString("en")}</dd>
      ${ingest.lag_ms !== null && html`<dt>${t("aside.lag")}</dt><dd>${delay(ingest.lag_ms, language.value)}</dd>`}
    </dl></section>`;
}
