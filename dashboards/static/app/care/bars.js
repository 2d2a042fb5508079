// @ts-check
/** A few numbers with their names as bars, drawn by uPlot in the page's own colours. */
import { html, useEffect, useRef } from "../html.js";
import { appearance } from "../appearance.js";

/** @param {string} name of a design token */
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** @param {{ bars: { name: string, value: number }[], words: string, height?: number }} props  `words` for whoever cannot see it */
export function Bars({ bars, words, height = 190 }) {
  const box = useRef(/** @type {any} */ (null));
  const look = [appearance.theme.value, appearance.contrast.value, appearance.size.value].join();
  useEffect(() => {
    let ended = false;
    /** @type {(() => void) | undefined} */
    let undo;
    import("../../vendor/uplot.js").then(({ default: UPlot }) => { if (!ended && box.current) undo = draw(UPlot, box.current, bars, height); });
    return () => { ended = true; undo?.(); };
  }, [bars, look, height]);
  return html`<div class="plot" role="img" aria-label=${words} ref=${box}></div>`;
}

/** The name cut to the room it has. @param {string} name @param {number} pixels */
function fitting(name, pixels) {
  const wide = /[^\x00-\x7f]/.test(name) ? 13 : 7;
  const most = Math.max(3, Math.floor(pixels / wide));
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

/** @param {any} UPlot @param {HTMLElement} box @param {{ name: string, value: number }[]} bars @param {number} height */
function draw(UPlot, box, bars, height) {
  const axis = { stroke: token("soft"), grid: { stroke: token("line"), width: 1 }, ticks: { show: false }, font: `${token("plot-size")} ${token("sans")}` };
  const room = (box.clientWidth - 50) / bars.length;
  const turned = room < 64; // pixels that a name needs to lie flat
  const whole = bars.map((_, i) => i);
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const plot = new UPlot({
    width: box.clientWidth, height, legend: { show: false }, cursor: { show: false },
    scales: { x: { time: false, range: [-0.6, bars.length - 0.4] }, y: { range: [0, most * 1.18] } },
    axes: [{ ...axis, grid: { show: false }, splits: () => whole, size: turned ? 76 : 30, rotate: turned ? -50 : 0, values: () => bars.map(({ name }) => fitting(name, turned ? 100 : room)) },
      { ...axis, size: 46, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000] }],
    series: [{}, { stroke: token("series-1"), fill: token("series-1"), width: 0, paths: UPlot.paths.bars({ size: [0.6, 64] }), points: { show: false } }],
    hooks: { draw: [(/** @type {any} */ drawn) => numbers(drawn, bars)] },
  }, [whole, bars.map(({ value }) => value)], box);
  const fit = new ResizeObserver(() => { if (box.clientWidth) plot.setSize({ width: box.clientWidth, height }); });
  fit.observe(box);
  return () => { fit.disconnect(); plot.destroy(); };
}

/** @param {any} plot @param {{ value: number }[]} bars */
function numbers(plot, bars) {
  const { ctx } = plot;
  ctx.save();
  ctx.fillStyle = token("ink");
  ctx.textAlign = "center";
  ctx.font = `600 ${Math.round(13 * devicePixelRatio)}px ${token("sans")}`;
  bars.forEach(({ value }, i) => ctx.fillText(String(value), plot.valToPos(i, "x", true), plot.valToPos(value, "y", true) - 5 * devicePixelRatio));
  ctx.restore();
}
