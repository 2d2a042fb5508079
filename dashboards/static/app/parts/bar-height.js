// @ts-check
/** What sticks below the bar must know how high it is, also in large type. */
import { useLayoutEffect, useRef } from "../html.js";

/** A ref for the bar; its height becomes the property --bar-height. */
export function useHeightKnown() {
  const bar = useRef(/** @type {any} */ (null));
  useLayoutEffect(() => {
    const tell = () => document.documentElement.style.setProperty("--bar-height", `${bar.current.offsetHeight}px`);
    const sizes = new ResizeObserver(tell);
    sizes.observe(bar.current);
    return () => sizes.disconnect();
  }, []);
  return bar;
}
