// @ts-check
/** Who can go: the nearest responders, who was asked, and what they said. */
import { html, useState } from "../html.js";
import { post } from "../api.js";
import { t, tWord, language } from "../language.js";
import { distance, exactTime, span } from "../format.js";
import { problemWords } from "../wording.js";
import { isClosed } from "../live/state.js";

/** @typedef {import("../../../types/contract.js").IncidentDetail} IncidentDetail */
/** @typedef {import("../../../types/contract.js").Candidate} Candidate */

/** @param {{ travel_s: number | null, distance_m: number | null }} way */
const far = ({ travel_s: seconds, distance_m: metres }) => [
  seconds !== null && span(seconds * 1000, language.value), metres !== null && distance(metres, language.value),
].filter(Boolean).join(" · ");

/** @param {{ detail: IncidentDetail, again: () => void }} props */
export function Dispatch({ detail, again }) {
  const [refused, refuse] = useState("");
  const [busy, setBusy] = useState(false); // a second press would take the question back and ask the next one
  const { offers = [], candidates } = detail;
  if (!candidates || isClosed(detail)) return null;
  const standing = offers.find((one) => one.answer === null);
  const ask = (/** @type {number | null} */ account) => {
    setBusy(true);
    post(`/incidents/${detail.id}/offers`, { account_id: account })
      .then(() => { refuse(""); again(); }, (error) => refuse(problemWords(error))).finally(() => setBusy(false));
  };
  return html`<section class="card" data-testid="dispatch"><h3>${t("dispatch.title")}</h3>
    ${standing && html`<p class="asking"><strong>${t("dispatch.asking", { name: standing.account.name })}</strong> <span class="soft">${far(standing)}</span></p>`}
    ${!candidates.length && html`<p class="soft">${t("dispatch.nobody")}</p>`}
    <ul class="plain candidates">${candidates.slice(0, 6).map((one) => html`<${Row} key=${one.account.id} one=${one} ask=${ask} open=${!standing} busy=${busy} />`)}</ul>
    ${candidates.length > 0 && !standing && html`<button type="button" data-testid="offer-nearest" disabled=${busy} onClick=${() => ask(null)}>${t("dispatch.nearest")}</button>`}
    <p role="alert" class="refusal">${refused}</p>
    ${offers.some((one) => one.answer !== null) && html`<h4>${t("dispatch.earlier")}</h4><ul class="plain">${offers.filter((one) => one.answer !== null).map((one) => html`
      <li key=${one.id}>${one.account.name} <span class="soft">${tWord("answer", one.answer ?? "")} ${exactTime(one.answered_at ?? one.expires_at, language.value)}</span></li>`)}</ul>`}
  </section>`;
}

/** @param {{ one: Candidate, ask: (account: number) => void, open: boolean, busy: boolean }} props */
function Row({ one, ask, open, busy }) {
  return html`<li class="candidate"><span><strong>${one.account.name}</strong> <span class="soft">${far(one)}</span><br />
      <span class=${one.available ? "is-well" : "soft"}>${t(one.available ? "dispatch.free" : "dispatch.busy")}</span></span>
    ${open && html`<button type="button" data-testid="offer-one" disabled=${busy} aria-label=${t("dispatch.ask_name", { name: one.account.name })} onClick=${() => ask(one.account.id)}>${t("dispatch.ask")}</button>`}</li>`;
}
