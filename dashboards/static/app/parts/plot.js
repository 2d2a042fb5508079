// @ts-check
/** A series drawn by uPlot, in the page's own colours. The library is fetched when the first picture is needed. */
import { html, useEffect, useRef } from "../html.js";
import { appearance } from "../appearance.js";
import { language } from "../language.js";
import { clockTime, dayTime, shortDay } from "../format.js";

/**
 * @typedef {object} Line
 * @property {string} label
 * @property {string} colour  the name of a design token, without the dashes
 * @property {number} [width]
 * @property {boolean} [points]
 */

/** @param {string} name of a design token */
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** @param {number[]} seconds */
const timeTicks = (seconds) => {
  const length = seconds.length > 1 ? seconds[seconds.length - 1] - seconds[0] : 0;
  const say = length > 2 * 86_400 ? shortDay : length > 86_400 ? dayTime : clockTime;
  return seconds.map((s) => say(s * 1000, language.value));
};

/** @param {Line} line */
const series = (line) => ({ label: line.label, stroke: token(line.colour), width: line.width ?? 2,
  points: { show: line.points ?? false, size: 5, fill: token(line.colour) }, spanGaps: false });

/**
 * @param {object} props
 * @param {(number | null)[][]} props.data  x first: Unix seconds, or plain seconds when `plain`
 * @param {Line[]} props.lines
 * @param {string} props.words  what a person who cannot see it needs to know
 * @param {number} [props.height] pixels
 * @param {boolean} [props.plain]
 * @param {{ at: number, label: string } | null} [props.mark]  a vertical line at x
 * @param {[number, number]} [props.range]  of y
 */
export function Plot({ data, lines, words, height = 220, plain = false, mark = null, range }) {
  const box = useRef(/** @type {any} */ (null));
  const look = [appearance.theme.value, appearance.contrast.value, appearance.size.value, language.value].join();
  useEffect(() => {
    let ended = false;
    /** @type {(() => void) | undefined} */
    let undo;
    import("../../vendor/uplot.js").then(({ default: UPlot }) => {
      if (!ended && box.current) undo = draw(UPlot, box.current, { data, lines, height, plain, mark, range });
    });
    return () => { ended = true; undo?.(); };
  }, [data, look, height]);
  return html`<div class="plot" role="img" aria-label=${words} ref=${box}></div>`;
}

/**
 * @param {any} UPlot
 * @param {HTMLElement} box
 * @param {{ data: (number | null)[][], lines: Line[], height: number, plain: boolean, mark: { at: number, label: string } | null, range?: [number, number] }} what
 * @returns {() => void} takes it away
 */
function draw(UPlot, box, { data, lines, height, plain, mark, range }) {
  const axis = { stroke: token("soft"), grid: { stroke: token("line"), width: 1 }, ticks: { stroke: token("line") },
    font: `${token("plot-size")} ${token("sans")}` };
  const plot = new UPlot({
    width: box.clientWidth, height, legend: { show: false }, cursor: { drag: { x: false, y: false } },
    scales: { x: { time: !plain }, y: range ? { range } : {} },
    axes: [plain ? { ...axis, space: 60, size: 32 } : { ...axis, space: 84, size: 32, values: (/** @type {any} */ _, /** @type {number[]} */ s) => timeTicks(s) },
      { ...axis, size: 46 }],
    series: [{}, ...lines.map(series)],
    hooks: { draw: mark ? [(/** @type {any} */ drawn) => drawMark(drawn, mark)] : [] },
  }, data, box);
  const fit = new ResizeObserver(() => { if (box.clientWidth) plot.setSize({ width: box.clientWidth, height }); });
  fit.observe(box);
  return () => { fit.disconnect(); plot.destroy(); };
}

/** @param {any} plot @param {{ at: number, label: string }} mark */
function drawMark(plot, mark) {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(mark.at, "x", true);
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = token("high-line");
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.font = `600 ${Math.round(13 * devicePixelRatio)}px ${token("sans")}`;
  const right = x > bbox.left + bbox.width * 0.8;
  ctx.textAlign = right ? "right" : "left";
  ctx.fillText(mark.label, x + (right ? -6 : 6) * devicePixelRatio, bbox.top + 14 * devicePixelRatio);
  ctx.restore();
}
