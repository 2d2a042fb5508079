// @ts-check
/**
 * A map of areas around one home. Where it may be changed, a press on it says where; the same can be done with the
 * fields beside it, so that nobody needs a mouse.
 */
import { html, useEffect, useRef } from "../html.js";
import { appearance } from "../appearance.js";
import { t } from "../language.js";
import { addControls, leafletStyle, token } from "./map.js";
import { toGcj02 } from "./datum.js";

/** @typedef {import("../board/shapes.js").Place} Place */
/** @typedef {import("../board/shapes.js").Point} Point */

/**
 * @param {{ places: Place[], chosen: number, home: Point | null, tiles: import("../../../types/contract.js").Tiles | null, words: string, press?: (at: Point) => void }} props
 *   `places` and presses are in the datum of the tiles (WGS 84 without any), `home` is in WGS 84; `words` say what is drawn
 */
export function ShapeMap({ places, chosen, home, tiles, words, press }) {
  const box = useRef(/** @type {any} */ (null));
  const pressing = useRef(press);
  pressing.current = press;
  const drawn = useRef(/** @type {Promise<ReturnType<typeof draw> | null> | null} */ (null));
  useEffect(() => {
    leafletStyle();
    let ended = false;
    const made = drawn.current = import("../../vendor/leaflet.js").then(({ default: leaflet }) =>
      (ended ? null : draw(leaflet, box.current, tiles, (at) => pressing.current?.(at))));
    return () => { ended = true; made.then((map) => map?.end()); };
  }, [tiles?.url]);
  const look = [appearance.theme.value, appearance.contrast.value].join();
  useEffect(() => { drawn.current?.then((map) => map?.show(places, chosen, home)); }, [JSON.stringify(places), chosen, home?.join(), look, tiles?.url]);
  return html`<div class=${`map ${tiles ? "" : "is-schematic"} ${press ? "is-drawn-on" : ""}`} role="group" aria-label=${words} ref=${box} data-testid="shape-map"></div>
    ${!tiles && html`<p class="soft map-note">${t("map.schematic")}</p>`}`;
}

/**
 * @param {typeof import("../../vendor/leaflet.js").default} leaflet @param {HTMLElement} box
 * @param {import("../../../types/contract.js").Tiles | null} tiles @param {(at: Point) => void} press
 */
function draw(leaflet, box, tiles, press) {
  const map = leaflet.map(box, { attributionControl: Boolean(tiles), maxZoom: tiles?.max_zoom ?? 19, zoomSnap: tiles ? 1 : 0.25, zoomControl: false,
    keyboard: false, fadeAnimation: false, zoomAnimation: false });
  if (tiles) leaflet.tileLayer(tiles.url, { attribution: tiles.attribution, maxZoom: tiles.max_zoom ?? 19 }).addTo(map);
  addControls(leaflet, map);
  const layer = leaflet.layerGroup().addTo(/** @type {any} */ (map));
  map.on("click", (event) => press([event.latlng.lat, event.latlng.lng]));
  const sizes = new ResizeObserver(() => map.invalidateSize());
  sizes.observe(box);
  let fitted = 0;
  return {
    /** @param {Place[]} places @param {number} chosen @param {Point | null} home */
    show(places, chosen, home) {
      layer.clearLayers();
      const middle = home && (tiles?.datum === "gcj02" ? toGcj02(home) : home);
      const outlines = places.map((place, i) => {
        const style = { color: token(i === chosen ? "accent" : "series-1"), weight: i === chosen ? 4 : 2, fillOpacity: 0.15 };
        const shape = place.radius_m === null ? leaflet.polygon(place.points, style) : leaflet.circle(place.points[0], { ...style, radius: place.radius_m });
        return shape.addTo(layer);
      });
      if (places[chosen]) for (const at of places[chosen].points) leaflet.circleMarker(at, { radius: 5, color: token("accent"), fillOpacity: 1 }).addTo(layer);
      if (middle) leaflet.circleMarker(middle, { radius: 8, color: token("high-line"), fillColor: token("high-line"), fillOpacity: 0.9 }).addTo(layer);
      if (outlines.length === fitted && fitted) return; // somebody may have moved the map meanwhile
      fitted = outlines.length;
      const corners = places.flatMap(({ points, radius_m: radius }) => (radius === null ? points : edges(points[0], radius)));
      if (corners.length || middle) map.fitBounds([...corners, ...(middle ? edges(middle, 250) : [])], { padding: [24, 24], maxZoom: 17 });
    },
    end() { sizes.disconnect(); map.remove(); },
  };
}

/** The corners of the square around a circle. @param {Point} centre @param {number} radius metres @returns {Point[]} */
function edges([lat, lon], radius) {
  const [up, aside] = [radius / 111_320, radius / (111_320 * Math.cos((lat * Math.PI) / 180))];
  return [[lat + up, lon + aside], [lat - up, lon - aside]];
}
