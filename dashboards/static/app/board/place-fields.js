// @ts-check
/** One area as fields: name, hours, middle and radius, or corners. */
import { html } from "../html.js";
import { t } from "../language.js";
import { NumberField } from "../parts/number-field.js";
import { isCircle, moved, without } from "./shapes.js";

/** @typedef {import("./shapes.js").Place} Place */

/** @param {{ place: Place, change: (place: Place) => void }} props */
export function PlaceFields({ place, change }) {
  const set = (/** @type {string} */ name) => (/** @type {any} */ event) => change({ ...place, [name]: event.target.value });
  return html`<div class="form-grid"><label>${t("places.name")}<input value=${place.name} maxlength="60" onInput=${set("name")} data-testid="place-name" /></label>
      <label>${t("places.from")}<input type="time" required value=${place.from} onInput=${set("from")} /></label>
      <label>${t("places.until")}<input type="time" required value=${place.until} onInput=${set("until")} /></label>
      ${isCircle(place) && html`<${NumberField} words=${t("places.radius")} value=${place.radius_m} required min="50" max="100000" step="10" data-testid="place-radius" set=${(/** @type {number} */ metres) => change({ ...place, radius_m: metres })} />`}</div>
    <details><summary>${isCircle(place) ? t("places.middle") : t("places.corners", { count: place.points.length })}</summary>
      ${place.points.map((point, i) => html`<div key=${i} class="corner"><${Coordinate} words=${t("places.lat")} value=${point[0]} most=${90} set=${(/** @type {number} */ lat) => change(moved(place, i, [lat, point[1]]))} />
        <${Coordinate} words=${t("places.lon")} value=${point[1]} most=${180} set=${(/** @type {number} */ lon) => change(moved(place, i, [point[0], lon]))} />
        ${place.points.length > 3 && html`<button type="button" aria-label=${t("places.drop_corner", { number: i + 1 })} onClick=${() => change(without(place, i))}>×</button>`}</div>`)}
    </details>`;
}

/** @param {{ words: string, value: number, most: number, set: (value: number) => void }} props */
const Coordinate = ({ words, value, most, set }) => html`<${NumberField} words=${words} value=${value} required step="any" min=${-most} max=${most} set=${set} />`;
