// @ts-check
/** Where one resident may be: drawn on a map, and the same as a list of fields. */
import { html, useState } from "../html.js";
import { put, query } from "../api.js";
import { t, teach } from "../language.js";
import { WATCHING } from "../../messages/watching.js";
import { distance } from "../format.js";
import { language } from "../language.js";
import { useRemote } from "../parts/remote.js";
import { Note, useSaving } from "../parts/saving.js";
import { ShapeMap } from "../parts/shape-map.js";
import { maySetCare } from "./monitoring.js";
import { PlaceFields } from "./place-fields.js";
import { circleAround, holds, isAlways, isCircle, pressed, squareAround } from "./shapes.js";

teach(WATCHING);

/** @typedef {import("./shapes.js").Place} Place */
/** @typedef {import("./shapes.js").Point} Point */
/** @typedef {import("../../../types/contract.js").ResidentDetail} ResidentDetail */
/** @typedef {import("../../../types/contract.js").MapView} MapView */

const MOST = 20;

/** @param {{ one: ResidentDetail }} props */
export function Places({ one }) {
  const view = /** @type {MapView | null} */ (useRemote(`/map${query({ station: one.station_id })}`).data);
  const datum = view?.tiles?.datum ?? "wgs84";
  const path = `/residents/${one.id}/places`;
  const { data, again } = useRemote(`${path}${query({ datum })}`);
  const kept = /** @type {{ items: Place[] } | null} */ (data)?.items;
  const [drawn, draw] = useState(/** @type {Place[] | null} */ (null));
  const { busy, said, save } = useSaving();
  if (!view || !kept) return null;
  const at = view.residents.find(({ id }) => id === one.id);
  const home = /** @type {Point | null} */ (at ? [at.lat, at.lon] : null);
  async function keep() {
    if (await save(() => put(path, { items: drawn, datum }), t("form.saved"))) { draw(null); again(); }
  }
  return html`<section class="card" data-testid="places"><h2>${t("places.title")}</h2>
    ${drawn ? html`<${Drawing} places=${drawn} draw=${(/** @type {(all: Place[]) => Place[]} */ change) => draw((all) => all && change(all))} home=${home} tiles=${view.tiles ?? null} />
      <p class="card-acts"><button type="button" class="primary" disabled=${busy} data-testid="places-save" onClick=${keep}>${t("form.save")}</button>
        <button type="button" onClick=${() => draw(null)}>${t("sure.no")}</button></p>`
      : html`<${Shown} places=${kept} home=${home} tiles=${view.tiles ?? null} />
      ${maySetCare() && html`<p class="card-acts"><button type="button" data-testid="places-change" onClick=${() => draw(kept)}>${t("watching.change")}</button></p>`}`}
    <${Note} said=${said} /></section>`;
}

/** In words: its name, how large, when. @param {Place} place */
export function placeWords(place) {
  const size = place.radius_m !== null ? t("places.circle_of", { size: distance(place.radius_m, language.value) }) : t("places.corners_of", { count: place.points.length });
  const when = isAlways(place) ? t("places.always") : `${place.from}–${place.until}`;
  return [place.name || t("places.unnamed"), size, when].join(" · ");
}

/** @param {{ places: Place[], home: Point | null, tiles: MapView["tiles"] }} props */
function Shown({ places, home, tiles }) {
  if (!places.length) return html`<p class="soft">${t("places.none")}</p>`;
  return html`<ul class="plain">${places.map((place, i) => html`<li key=${i} data-testid="place">${placeWords(place)}</li>`)}</ul>
    <${ShapeMap} places=${places} chosen=${-1} home=${home} tiles=${tiles} words=${t("places.map_words", { count: places.length })} />`;
}

/** @param {{ places: Place[], draw: (change: (all: Place[]) => Place[]) => void, home: Point | null, tiles: MapView["tiles"] }} props */
function Drawing({ places, draw, home, tiles }) {
  const [chosen, choose] = useState(0);
  const change = (/** @type {number} */ i, /** @type {Place} */ place) => draw((all) => all.map((one, at) => (at === i ? place : one)));
  const add = (/** @type {Place} */ place) => { draw((all) => [...all, place]); choose(places.length); };
  const middle = home ?? places[0]?.points[0] ?? null;
  const outside = home && places.length > 0 && !places.some((place) => holds(place, home));
  return html`<p class="hint">${t("places.hint")}</p>
    ${outside && html`<p class="refusal" role="status">${t("places.outside")}</p>`}
    <${ShapeMap} places=${places} chosen=${chosen} home=${home} tiles=${tiles} words=${t("places.map_words", { count: places.length })}
      press=${(/** @type {Point} */ at) => { if (places[chosen]) change(chosen, pressed(places[chosen], at)); else add(circleAround(at, "")); }} />
    ${places.map((place, i) => html`<fieldset key=${i} class=${i === chosen ? "place is-chosen" : "place"} onFocusIn=${() => choose(i)} data-testid="place-fields">
      <legend>${isCircle(place) ? t("places.circle") : t("places.polygon")} ${i + 1}</legend>
      <${PlaceFields} place=${place} change=${(/** @type {Place} */ next) => change(i, next)} /><button type="button" onClick=${() => draw((all) => all.filter((_, at) => at !== i))}>${t("places.remove")}</button></fieldset>`)}
    ${middle ? html`<p class="card-acts"><button type="button" disabled=${places.length >= MOST} data-testid="add-circle" onClick=${() => add(circleAround(middle, ""))}>${t("places.add_circle")}</button>
      <button type="button" disabled=${places.length >= MOST} data-testid="add-polygon" onClick=${() => add(squareAround(middle, ""))}>${t("places.add_polygon")}</button></p>`
      : html`<p class="soft">${t("places.no_home")}</p>`}`;
}
