// @ts-check
/** The live queue: what needs somebody, what is in hand, what just ended. */
import { html, useEffect, useRef, useState } from "../html.js";
import { isWorse } from "../live/order.js";
import { state, queues } from "../live/store.js";
import { t } from "../language.js";
import { go } from "../router.js";
import { Icon } from "../parts/icon.js";
import { muted, toggleMute } from "../alarm/alarm.js";
import { act, hear } from "./acting.js";
import { Row } from "./row.js";
import { pieces } from "../parts/windowed-rows.js";

/** @typedef {import("../live/state.js").Incident} Incident */

const PIECE = 10;
const DRAWN_AT_ONCE = 20;
const ROW_GUESS_PX = 120;

/** @param {{ heading: string, incidents: Incident[], selected: string, name: string }} props */
function Section({ heading, incidents, selected, name }) {
  if (!incidents.length) return null;
  return html`<section aria-label=${heading} class=${`queue-part ${name}`}>
    <h2>${heading} <span class="count">${incidents.length}</span></h2>
    ${pieces(incidents, PIECE).map((piece, i) => html`<${Piece} key=${i} rows=${piece} first=${i * PIECE + 1} selected=${selected} />`)}
  </section>`;
}

/** A part of a section, drawn only while it is near the screen: five hundred rows scroll like ten.
 * @param {{ rows: Incident[], first: number, selected: string }} props */
function Piece({ rows, first, selected }) {
  const box = useRef(/** @type {any} */ (null));
  const height = useRef(0);
  const [near, setNear] = useState(first <= DRAWN_AT_ONCE);
  useEffect(() => {
    const watch = new IntersectionObserver(([seen]) => {
      if (!seen.isIntersecting) height.current = /** @type {any} */ (seen.target).offsetHeight;
      setNear(seen.isIntersecting);
    }, { rootMargin: "900px 0px" });
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  const style = near ? undefined : { height: `${height.current || rows.length * ROW_GUESS_PX}px` };
  return html`<ol class="rows" ref=${box} start=${first} style=${style}>${near && rows.map((incident) => html`<${Row} key=${incident.id} incident=${incident}
      muted=${muted(incident)} selected=${incident.id === selected} />`)}</ol>`;
}

function Calm() {
  if (!state.value.complete) return html`<p class="empty">${t("queue.fetching")}</p>`;
  return html`<div class="calm" data-testid="queue-calm"><${Icon} name="check" />
    <p><strong>${t("queue.calm")}</strong><br /><span class="soft">${t("queue.calm_detail")}</span></p></div>`;
}

/** @param {HTMLElement} list @param {EventTarget | null} from @param {number} step */
function moveFocus(list, from, step) {
  const links = [...list.querySelectorAll("a.row-link")];
  const at = links.indexOf(/** @type {Element} */ (from));
  const next = links[Math.min(Math.max(at + step, 0), links.length - 1)];
  /** @type {HTMLElement | undefined} */ (next)?.focus();
}

/** Keys work on the row that has the focus, so that they never surprise anyone who types elsewhere.
 * @param {KeyboardEvent} event @param {HTMLElement} list */
function onKey(event, list) {
  const at = /** @type {HTMLElement} */ (event.target);
  if (!at.matches("a.row-link") || event.ctrlKey || event.metaKey || event.altKey) return;
  const incident = state.peek().active.get(at.dataset.id ?? "");
  if (event.key === "ArrowDown") moveFocus(list, at, 1);
  else if (event.key === "ArrowUp") moveFocus(list, at, -1);
  else if (event.key === "Escape") go();
  else if (event.key.toLowerCase() === "a" && incident?.allowed.includes("acknowledge")) act(incident, { action: "acknowledge" });
  else if (event.key.toLowerCase() === "a" && incident && isWorse(incident) && incident.allowed.includes("note")) hear(incident);
  else if (event.key.toLowerCase() === "m" && incident) toggleMute(incident);
  else return;
  event.preventDefault();
}

/** @param {{ selected: string }} props */
export function Queue({ selected }) {
  const list = useRef(/** @type {any} */ (null));
  const { waiting, asking, held, inHand } = queues.value;
  return html`<div class="queue" ref=${list} data-testid="queue"
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => onKey(event, list.current)}>
    ${waiting.length + asking.length + held.length + inHand.length === 0 && html`<${Calm} />`}
    <${Section} name="waiting" heading=${t("queue.waiting")} incidents=${waiting} selected=${selected} />
    <${Section} name="asking" heading=${t("queue.asking")} incidents=${asking} selected=${selected} />
    <${Section} name="held" heading=${t("queue.held")} incidents=${held} selected=${selected} />
    <${Section} name="in-hand" heading=${t("queue.in_hand")} incidents=${inHand} selected=${selected} />
    <p class="key-hint soft">${t("queue.hint")}</p>
  </div>`;
}
