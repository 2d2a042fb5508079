// @ts-check
/** How the page looks: theme, size of type, contrast. Set on <html>, remembered on this device. */
import { signal } from "./html.js";
import { remembered, remember } from "./memory.js";

const CHOICES = Object.freeze({ theme: ["dark", "light"], size: ["normal", "large"], contrast: ["normal", "high"] });

/** @typedef {keyof typeof CHOICES} Aspect */

const root = document.documentElement;

/** @type {Record<Aspect, import("../vendor/signals.js").Signal<string>>} */
export const appearance = { theme: first("theme"), size: first("size"), contrast: first("contrast") };

/** The page's own HTML gives the default. @param {Aspect} aspect */
function first(aspect) {
  const chosen = remembered(`${aspect}.${location.pathname}`);
  if (chosen && CHOICES[aspect].includes(chosen)) root.dataset[aspect] = chosen;
  return signal(root.dataset[aspect] ?? CHOICES[aspect][0]);
}

/** @param {Aspect} aspect */
export function toggle(aspect) {
  const [a, b] = CHOICES[aspect];
  const next = appearance[aspect].value === a ? b : a;
  appearance[aspect].value = next;
  root.dataset[aspect] = next;
  remember(`${aspect}.${location.pathname}`, next);
}
