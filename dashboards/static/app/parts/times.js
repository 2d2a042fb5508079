// @ts-check
/** Times that tick: each is one text node bound to the clock, so that a second costs no re-rendering. */
import { html, useComputed } from "../html.js";
import { now } from "../live/store.js";
import { foreignZone } from "../live/zone.js";
import { language } from "../language.js";
import { ago, exactTime, running } from "../format.js";

/** Time since an instant, running. @param {{ instant: string }} props */
export function Since({ instant }) {
  const text = useComputed(() => running(now.value - Date.parse(instant), language.value));
  return html`<time class="ticking" dateTime=${instant}>${text}</time>`;
}

/** How long ago, in words. @param {{ instant: string }} props */
export function Ago({ instant }) {
  const text = useComputed(() => ago(now.value - Date.parse(instant), language.value));
  return html`<time dateTime=${instant}>${text}</time>`;
}

/** The server's time of day. */
export function WallClock() {
  const text = useComputed(() => { void foreignZone.value; return exactTime(now.value, language.value); });
  return html`<span class="wall-clock" data-testid="wall-clock">${text}${foreignZone.value && html` <small class="soft">${foreignZone.value.split("/").pop()?.replace("_", " ")}</small>`}</span>`;
}
