// @ts-check
/** All residents the account may see, with their live state. */
import { html, useComputed, useState } from "../html.js";
import { query } from "../api.js";
import { state } from "../live/store.js";
import { t, tWord, nameOf, teach } from "../language.js";
import { RECORDS } from "../../messages/records.js";
import { href } from "../router.js";
import { usePaged } from "../parts/paged.js";
import { useRemote } from "../parts/remote.js";
import { useSettled } from "../parts/settled.js";
import { Windowed } from "../parts/windowed.js";
import { Icon } from "../parts/icon.js";
import { Ago } from "../parts/times.js";
import { problemWords } from "../wording.js";

teach(RECORDS);

/** @typedef {import("../../../types/contract.js").Resident} Resident */

export const STATES = /** @type {const} */ (["alert", "quiet", "no_signal", "away", "well", "unknown"]);
const ICONS = /** @type {Record<string, string>} */ ({ well: "heart", alert: "sos", quiet: "moon", away: "away", no_signal: "offline" });

/** @param {{ state: string }} props */
export function WellbeingSign({ state: word }) {
  return html`<span class=${`wellbeing is-${word}`}><${Icon} name=${ICONS[word] ?? "unknown"} />${tWord("wellbeing", word)}</span>`;
}

/** The newest we know: what the list said, and what was heard since. @param {{ listed: Resident }} props */
function Row({ listed }) {
  const heard = useComputed(() => state.value.residents.get(listed.id));
  const one = { ...listed, ...heard.value };
  const few = one.devices_online < one.devices_total;
  return html`<a class="record resident-record" href=${href("residents", one.id)} data-testid="resident-row" data-resident=${one.id} data-state=${one.state}>
    <span class="record-name"><strong>${one.name}</strong> <span class="soft">${[one.age, one.sex && tWord("sex", one.sex)].filter(Boolean).join(" · ")}</span></span>
    <${WellbeingSign} state=${one.state} />
    <span class="record-place">${one.home?.address ?? ""} <span class="soft">${one.home?.code ?? ""}</span></span>
    <span class="record-last">${one.last_activity_at ? html`<${Ago} key=${one.last_activity_at} instant=${one.last_activity_at} />` : t("residents.never")}
      <span class="soft"> ${one.last_room && tWord("room", one.last_room)}</span></span>
    <span class=${few ? "record-devices few" : "record-devices soft"}>${t("residents.devices_online", { online: one.devices_online, total: one.devices_total })}</span>
    <span class="record-open">${one.open_incidents > 0 && html`<b>${t("residents.incidents", { count: one.open_incidents })}</b>`}</span>
  </a>`;
}

/** @param {{ value: string, choose: (id: string) => void }} props */
function StationChoice({ value, choose }) {
  const { data } = useRemote("/stations");
  const stations = /** @type {{ items: import("../../../types/contract.js").Station[] } | null} */ (data)?.items ?? [];
  if (stations.length < 2) return null;
  return html`<label>${t("residents.station")}<select value=${value} onChange=${(/** @type {any} */ event) => choose(event.target.value)}>
    <option value="">${t("residents.any_station")}</option>
    ${stations.map((one) => html`<option key=${one.id} value=${one.id}>${nameOf(one)}</option>`)}
  </select></label>`;
}

export function Residents() {
  const [wish, setWish] = useState({ q: "", state: "", station: "" });
  const settled = useSettled(wish.q, 250);
  const list = usePaged(`/residents${query({ ...wish, q: settled.trim() })}`);
  const change = (/** @type {string} */ field) => (/** @type {any} */ event) => setWish((before) => ({ ...before, [field]: event.target.value }));
  return html`<section class="records">
    <header class="records-head"><h1>${t("residents.title")}</h1>
      <label class="search">${t("residents.search")}<input type="search" value=${wish.q} onInput=${change("q")} data-testid="resident-search" /></label>
      <label>${t("residents.state")}<select value=${wish.state} onChange=${change("state")} data-testid="resident-state-filter">
        <option value="">${t("residents.any_state")}</option>
        ${STATES.map((one) => html`<option key=${one} value=${one}>${t(`wellbeing.${one}`)}</option>`)}
      </select></label>
      <${StationChoice} value=${wish.station} choose=${(/** @type {string} */ station) => setWish((before) => ({ ...before, station }))} />
    </header>
    <div class="columns resident-record" aria-hidden="true"><span>${t("residents.name")}</span><span>${t("residents.state")}</span>
      <span>${t("residents.home")}</span><span>${t("residents.last")}</span><span>${t("residents.devices")}</span></div>
    <${Windowed} items=${list.items} rowRem=${3.6} more=${list.more} label=${t("residents.title")}
      row=${(/** @type {Resident} */ listed) => html`<${Row} listed=${listed} />`}>
      <${ListEnd} list=${list} empty=${t("residents.empty")} end=${t("residents.end", { count: list.items.length })} />
    <//>
  </section>`;
}

/** @param {{ list: import("../parts/paged.js").Loaded<unknown>, empty: string, end: string }} props */
export function ListEnd({ list, empty, end }) {
  if (list.error) return html`<p class="empty" role="alert">${problemWords(list.error)}</p>`;
  if (list.loading || list.next) return html`<p class="empty">${t("app.loading")}</p>`;
  return html`<p class="empty" data-testid="list-end">${list.items.length ? end : empty}</p>`;
}
