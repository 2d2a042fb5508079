// @ts-check
/** Shows of a long list only the rows on the screen, so that twenty thousand scroll like twenty. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../html.js";
import { SPARE, visibleRows } from "./windowed-rows.js";

const STEP = SPARE / 2; // rows scrolled before others are drawn

/**
 * @param {object} props
 * @param {any[]} props.items  each with an `id`
 * @param {number} props.rowRem  height of a row in rem
 * @param {(item: any) => unknown} props.row  draws one
 * @param {() => void} props.more  called when the end comes near
 * @param {string} props.label
 * @param {unknown} [props.children]  what stands at the end
 */
export function Windowed({ items, rowRem, row, more, label, children }) {
  const box = useRef(/** @type {any} */ (null));
  const [view, setView] = useState({ top: 0, height: 900 });
  const pixels = rowRem * parseFloat(getComputedStyle(document.documentElement).fontSize);
  const { first, end } = visibleRows(view.top, view.height, pixels, items.length);
  useLayoutEffect(() => {
    const look = () => {
      const { scrollTop, clientHeight } = box.current;
      const top = Math.floor(scrollTop / (STEP * pixels)) * STEP * pixels;
      setView((before) => (before.top === top && before.height === clientHeight ? before : { top, height: clientHeight }));
    };
    const sizes = new ResizeObserver(look);
    sizes.observe(box.current);
    box.current.addEventListener("scroll", look, { passive: true });
    return () => { sizes.disconnect(); box.current?.removeEventListener("scroll", look); };
  }, [pixels]);
  useEffect(() => { if (end >= items.length - 2 * SPARE) more(); }, [end, items.length]);
  return html`<div class="windowed" ref=${box} role="list" aria-label=${label} tabindex="0">
    <div role="presentation" style=${{ height: `${first * pixels}px` }}></div>
    ${items.slice(first, end).map((item) => html`<div key=${item.id} role="listitem" class="windowed-row" style=${{ height: `${pixels}px` }}>${row(item)}</div>`)}
    <div role="presentation" style=${{ height: `${(items.length - end) * pixels}px` }}></div>
    ${children}
  </div>`;
}
