// @ts-check
/** The bar on top: where am I, is it live, what time is it, is the sound on, who am I. */
import { html, useLayoutEffect, useRef, useState } from "../html.js";
import { route, href } from "../router.js";
import { roles, session, logOut } from "../session.js";
import { queues } from "../live/store.js";
import { blocked, allowSound, play } from "../alarm/sound.js";
import { t, tWord } from "../language.js";
import { Icon } from "../parts/icon.js";
import { WallClock } from "../parts/times.js";
import { AppearanceSwitches, LanguageSwitch } from "../parts/controls.js";
import { ConnectionSign } from "../parts/connection.js";
import { LettersSign } from "./letters-sign.js";

/** @typedef {import("../language.js").Key} Key */

/** @type {{ place: string, icon: string, label: Key }[]} */
const PLACES = [
  { place: "", icon: "list", label: "nav.queue" },
  { place: "residents", icon: "people", label: "nav.residents" },
  { place: "devices", icon: "device", label: "nav.devices" },
  { place: "map", icon: "map", label: "nav.map" },
  { place: "duty", icon: "clock", label: "nav.duty" },
  { place: "more", icon: "more", label: "nav.more" },
];

function Places() {
  const first = route.value[0] === "incident" ? "" : route.value[0] ?? "";
  const here = PLACES.some(({ place }) => place === first) ? first : "more";
  const waiting = queues.value.waiting.length;
  return html`<nav class="places" aria-label=${t("nav.label")}>
    ${PLACES.map(({ place, icon, label }) => html`
      <a key=${place} href=${href(place)} aria-current=${here === place ? "page" : undefined} data-testid=${`nav-${place || "queue"}`}>
        <${Icon} name=${icon} /><span>${t(label)}</span>
        ${place === "" && waiting > 0 && html`<b class="badge">${waiting}</b>`}
      </a>`)}
  </nav>`;
}

function SoundSign() {
  if (blocked.value) {
    return html`<button type="button" class="sound-off" data-testid="sound-enable" title=${t("sound.blocked_why")}
      onClick=${allowSound}><${Icon} name="bell_off" /><span>${t("sound.blocked")}</span></button>`;
  }
  return html`<button type="button" class="quiet" data-testid="sound-on" title=${t("sound.test")}
    onClick=${() => play("high")}><${Icon} name="bell" /><span>${t("sound.on")}</span></button>`;
}

function Account() {
  const [open, setOpen] = useState(false);
  const account = session.value?.account;
  const names = [...roles.value].map((role) => tWord("role", role)).join(", ");
  const close = (/** @type {KeyboardEvent} */ event) => { if (event.key === "Escape") setOpen(false); };
  return html`<div class="account" onKeyDown=${close}>
    <button type="button" class="quiet" aria-expanded=${String(open)} aria-controls="account-panel"
      title=${t("app.menu")} data-testid="account-menu" onClick=${() => setOpen(!open)}>
      <${Icon} name="user" /><span class="unseen">${t("app.menu")}: </span><span class="wide">${account?.name}</span></button>
    ${open && html`<div id="account-panel" class="panel">
      <p><strong>${account?.name}</strong><br /><span class="soft">${names}</span></p>
      <${AppearanceSwitches} />
      <a class="button" href="/account" data-testid="account-link">${t("app.account")}</a>
      <button type="button" data-testid="log-out" onClick=${logOut}>${t("app.log_out")}</button>
    </div>`}
  </div>`;
}

/** What sticks below the bar must know how high it is, also in large type and with the sound's notice. */
function useHeightKnown() {
  const bar = useRef(/** @type {any} */ (null));
  useLayoutEffect(() => {
    const tell = () => document.documentElement.style.setProperty("--bar-height", `${bar.current.offsetHeight}px`);
    const sizes = new ResizeObserver(tell);
    sizes.observe(bar.current);
    return () => sizes.disconnect();
  }, []);
  return bar;
}

export function Bar() {
  return html`<header class="bar" ref=${useHeightKnown()}>
    <span class="brand">${t("app.name")}</span>
    <${Places} />
    <div class="bar-end">
      <${ConnectionSign} />
      <${LettersSign} />
      <${SoundSign} />
      <${WallClock} />
      <${LanguageSwitch} />
      <${Account} />
    </div>
  </header>`;
}
