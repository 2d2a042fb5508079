// @ts-check
/** All homes, stations and responders of a station on one map. */
import { html } from "../html.js";
import { query } from "../api.js";
import { state } from "../live/store.js";
import { t, tWord, nameOf, teach } from "../language.js";
import { INCIDENT } from "../../messages/incident.js";
import { STATION } from "../../messages/station.js";
import { go } from "../router.js";
import { problemWords } from "../wording.js";
import { usePolled } from "../parts/remote.js";
import { DotMap } from "../parts/map.js";
import { useStation } from "./station-choice.js";

teach(INCIDENT);
teach(STATION);

/** @typedef {import("../../../types/contract.js").MapView} MapView */

const LOOK = /** @type {Record<string, string>} */ ({ alert: "alert", quiet: "quiet", no_signal: "quiet" });
const NAMES_UP_TO = 40; // more names than this would cover the map

export function TownMap() {
  const { station, chooser } = useStation();
  const { data, error } = usePolled(`/map${query({ station })}`, 30_000, [station]);
  const view = /** @type {MapView | null} */ (data);
  return html`<section class="records scrolling"><header class="records-head"><h1>${t("townmap.title")}</h1>${chooser}</header>
    ${error && !view && html`<p class="empty" role="alert">${error.status === 404 ? t("page.unavailable") : problemWords(error)}</p>`}
    ${view && html`<${Shown} view=${view} />`}</section>`;
}

/** @param {{ view: MapView }} props */
function Shown({ view }) {
  const live = state.value.residents;
  const homes = view.residents.map((one) => ({ ...one, state: live.get(one.id)?.state ?? one.state }));
  const dots = [
    ...homes.map((one) => ({ id: `r${one.id}`, lat: one.lat, lon: one.lon, look: LOOK[one.state] ?? "home", words: `${one.name ?? ""} · ${tWord("wellbeing", one.state)}`,
      named: one.state === "alert" && homes.length < NAMES_UP_TO, open: () => go("residents", one.id) })),
    ...view.stations.map((one) => ({ id: `s${one.id}`, lat: one.lat, lon: one.lon, look: "station", words: nameOf(/** @type {any} */ (one)), named: view.stations.length < NAMES_UP_TO })),
    ...view.responders.map((one) => ({ id: `p${one.id}`, lat: one.lat, lon: one.lon, look: one.available === false ? "busy" : "free", words: one.name, named: view.responders.length < NAMES_UP_TO })),
  ];
  if (!dots.length) return html`<p class="empty">${t("townmap.empty")}</p>`;
  const words = t("townmap.words", { homes: homes.length, alert: homes.filter((one) => one.state === "alert").length, people: view.responders.length });
  return html`<div data-testid="town-map"><p>${words}</p><${DotMap} dots=${dots} tiles=${view.tiles ?? null} words=${words} tall /></div>`;
}
