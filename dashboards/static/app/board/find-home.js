// @ts-check
/** Finds a home by who lives there. */
import { html, useEffect, useState } from "../html.js";
import { get, query } from "../api.js";
import { t } from "../language.js";
import { useRemote } from "../parts/remote.js";
import { useSettled } from "../parts/settled.js";

/** @typedef {import("../../../types/contract.js").Resident} Resident */
/** @typedef {{ id: number, words: string }} Home */

const SHOWN = 6;

/** @param {Resident} one @returns {Home | null} */
const homeOf = (one) => one.home && { id: one.home.id, words: [one.name, one.home.address, one.home.code].filter(Boolean).join(" · ") };

/** @param {{ chosen: Home | null, choose: (home: Home | null) => void, first: string }} props  `first`: key of the resident to begin with */
export function FindHome({ chosen, choose, first }) {
  const [q, setQ] = useState("");
  const settled = useSettled(q.trim(), 250);
  useEffect(() => {
    if (first) get(`/residents/${encodeURIComponent(first)}`).then((one) => choose(homeOf(one)), (error) => console.info("no such resident", error.message));
  }, [first]);
  if (chosen) {
    return html`<p class="chosen" data-testid="home-chosen"><strong>${chosen.words}</strong>
      <button type="button" onClick=${() => choose(null)}>${t("silence.other_home")}</button></p>`;
  }
  return html`<label>${t("residents.search")}<input type="search" value=${q} data-testid="home-search" onInput=${(/** @type {any} */ event) => setQ(event.target.value)} /></label>
    ${settled && html`<${Found} q=${settled} choose=${choose} />`}`;
}

/** @param {{ q: string, choose: (home: Home) => void }} props */
function Found({ q, choose }) {
  const { data } = useRemote(`/residents${query({ q, limit: SHOWN })}`);
  const homes = /** @type {{ items: Resident[] } | null} */ (data)?.items.map(homeOf).filter((home) => home !== null);
  if (!homes) return null;
  if (!homes.length) return html`<p class="soft" role="status">${t("residents.empty")}</p>`;
  return html`<ul class="plain" aria-label=${t("silence.one_home")}>${homes.map((home) => html`<li key=${home.id}>
    <button type="button" class="found" data-testid="home-found" onClick=${() => choose(home)}>${home.words}</button></li>`)}</ul>`;
}
