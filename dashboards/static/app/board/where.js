// @ts-check
/** The home of an incident on the map, with the responders near it and the station. */
import { html } from "../html.js";
import { query } from "../api.js";
import { t, nameOf } from "../language.js";
import { useRemote } from "../parts/remote.js";
import { DotMap } from "../parts/map.js";

/** @typedef {import("../../../types/contract.js").IncidentDetail} IncidentDetail */
/** @typedef {import("../../../types/contract.js").MapView} MapView */
/** @typedef {import("../parts/map.js").Dot} Dot */

/** @param {MapView} view @param {number | undefined} resident @param {readonly number[]} near  accounts @returns {Dot[]} */
export function dotsAround(view, resident, near) {
  const home = view.residents.find((one) => one.id === resident);
  if (!home) return [];
  const who = view.responders.filter((one) => near.includes(one.id));
  return [
    { id: `r${home.id}`, lat: home.lat, lon: home.lon, look: "alert", words: home.name ?? t("map.home"), named: true },
    ...who.map((one) => ({ id: `p${one.id}`, lat: one.lat, lon: one.lon, look: one.available === false ? "busy" : "free", words: one.name, named: true })),
    ...view.stations.map((one) => ({ id: `s${one.id}`, lat: one.lat, lon: one.lon, look: "station", words: nameOf(/** @type {any} */ (one)), named: true })),
  ];
}

/** @param {{ detail: IncidentDetail }} props */
export function Where({ detail }) {
  const { data } = useRemote(`/map${query({ station: detail.station?.id })}`, [detail.version]);
  const view = /** @type {MapView | null} */ (data);
  if (!view) return null;
  const near = [...(detail.candidates ?? []).map(({ account }) => account.id), ...(detail.offers ?? []).map(({ account }) => account.id)];
  const dots = dotsAround(view, detail.resident?.id, near);
  if (!dots.length) return null;
  return html`<section class="card"><h3>${t("map.title")}</h3>
    <${DotMap} dots=${dots} tiles=${view.tiles ?? null} words=${t("map.words", { count: dots.length })} lines=${dots.filter((dot) => dot.look === "free").map((dot) => [dots[0], dot])} /></section>`;
}
