// @ts-check
/**
 * A map of dots: with the tiles of the configured source, or without any as a schematic map that works offline. Leaflet is
 * fetched when the first map is shown. Positions come in WGS 84; a source drawn in GCJ-02 gets them shifted.
 */
import { html, useEffect, useRef } from "../html.js";
import { appearance } from "../appearance.js";
import { t, language } from "../language.js";
import { toGcj02 } from "./datum.js";

/**
 * @typedef {object} Dot
 * @property {string} id
 * @property {number} lat
 * @property {number} lon
 * @property {string} look  one of home, alert, quiet, station, free, busy
 * @property {string} words  its name; shown as text, never as markup
 * @property {boolean} [named]  show the name always
 * @property {() => void} [open]
 */

/** @type {Record<string, { radius: number, colour: string, filled: number }>} */
const LOOKS = {
  home: { radius: 5, colour: "good", filled: 0.8 }, alert: { radius: 11, colour: "high-line", filled: 0.9 }, quiet: { radius: 6, colour: "warn", filled: 0.8 },
  station: { radius: 9, colour: "accent", filled: 0.25 }, free: { radius: 8, colour: "series-1", filled: 0.9 }, busy: { radius: 8, colour: "series-1", filled: 0.1 },
};

/** @param {string} name of a design token */
export const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** @param {string} text */
function label(text) {
  const made = document.createElement("span");
  made.textContent = text; // names come from people: never as markup
  return made;
}

/** A scale, and buttons for who turns no wheel. @param {typeof import("../../vendor/leaflet.js").default} leaflet @param {import("../../vendor/leaflet.js").LeafletMap} map */
export function addControls(leaflet, map) {
  leaflet.control.zoom({ zoomInTitle: t("map.closer"), zoomOutTitle: t("map.farther") }).addTo(map);
  leaflet.control.scale({ imperial: false }).addTo(map);
}

/** Once a page. */
export function leafletStyle() {
  if (document.querySelector("link[href$='leaflet.css']")) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = "/static/vendor/leaflet.css";
  document.head.prepend(link);
}

/**
 * @param {{ dots: Dot[], tiles?: import("../../../types/contract.js").Tiles | null, words: string, lines?: [Dot, Dot][], tall?: boolean }} props
 *   `words` say what a person who cannot see it needs to know
 */
export function DotMap({ dots, tiles = null, words, lines = [], tall = false }) {
  const box = useRef(/** @type {any} */ (null));
  const drawn = useRef(/** @type {Promise<ReturnType<typeof draw> | null> | null} */ (null));
  const look = [appearance.theme.value, appearance.contrast.value, language.value].join();
  useEffect(() => {
    leafletStyle();
    let ended = false;
    const made = drawn.current = import("../../vendor/leaflet.js").then(({ default: leaflet }) => (ended ? null : draw(leaflet, box.current, tiles)));
    return () => { ended = true; made.then((map) => map?.end()); };
  }, [tiles?.url]);
  const at = dots.map((dot) => `${dot.id}${dot.lat}${dot.lon}${dot.look}`).join();
  useEffect(() => { drawn.current?.then((map) => map?.show(dots, lines)); }, [at, lines.length, look, tiles?.url]);
  return html`<div class=${`map ${tiles ? "" : "is-schematic"} ${tall ? "is-tall" : ""}`} role="group" aria-label=${words} ref=${box} data-testid="map"></div>
    ${!tiles && html`<p class="soft map-note">${t("map.schematic")}</p>`}`;
}

/**
 * @param {typeof import("../../vendor/leaflet.js").default} leaflet @param {HTMLElement} box
 * @param {import("../../../types/contract.js").Tiles | null} tiles
 */
function draw(leaflet, box, tiles) {
  const shift = tiles?.datum === "gcj02" ? toGcj02 : (/** @type {[number, number]} */ point) => point;
  const map = leaflet.map(box, { attributionControl: Boolean(tiles), zoomControl: false, maxZoom: tiles?.max_zoom ?? 19, zoomSnap: tiles ? 1 : 0.25,
    keyboard: false, fadeAnimation: false, zoomAnimation: false, preferCanvas: true });
  if (tiles) leaflet.tileLayer(tiles.url, { attribution: tiles.attribution, maxZoom: tiles.max_zoom ?? 19 }).addTo(map);
  addControls(leaflet, map);
  const layer = leaflet.layerGroup().addTo(/** @type {any} */ (map));
  const sizes = new ResizeObserver(() => map.invalidateSize());
  sizes.observe(box);
  let fitted = "";
  return {
    /** @param {Dot[]} dots @param {[Dot, Dot][]} lines */
    show(dots, lines) {
      layer.clearLayers();
      const at = (/** @type {Dot} */ dot) => shift([dot.lat, dot.lon]);
      for (const [a, b] of lines) leaflet.polyline([at(a), at(b)], { color: token("soft"), weight: 2, dashArray: "4 6" }).addTo(layer);
      for (const dot of dots) {
        const { radius, colour, filled } = LOOKS[dot.look] ?? LOOKS.home;
        const mark = leaflet.circleMarker(at(dot), { radius, color: token(colour), fillColor: token(colour), fillOpacity: filled, weight: 2 }).addTo(layer);
        mark.bindTooltip(label(dot.words), { permanent: dot.named ?? false, direction: "right", offset: [radius, 0] });
        if (dot.open) mark.on("click", dot.open);
      }
      const who = dots.map(({ id }) => id).join();
      if (!dots.length || who === fitted) return; // somebody may have moved the map meanwhile
      fitted = who;
      // Far-off people must not shrink the street: the homes fill the view when there are several.
      const homes = dots.filter(({ id }) => id.startsWith("r"));
      map.fitBounds((homes.length > 1 ? homes : dots).map(at), { padding: [36, 36], maxZoom: 18 });
    },
    end() { sizes.disconnect(); map.remove(); },
  };
}
