// @ts-check
/** The bar on top: where am I, back to the board, who am I. */
import { html, useEffect, useState } from "../html.js";
import { route, href } from "../router.js";
import { roles, session, logOut } from "../session.js";
import { t, tWord } from "../language.js";
import { Icon } from "../parts/icon.js";
import { AppearanceSwitches, LanguageSwitch } from "../parts/controls.js";
import { useHeightKnown } from "../parts/bar-height.js";
import { dropAllDrafts } from "./drafts.js";
import { may } from "./may.js";

/** @typedef {import("../language.js").Key} Key */

/** What one must be allowed to enter. @type {Record<string, string>} */
const NEEDS = {
  people: "see_care", import: "take_in", assessments: "assess", visits: "record_visits", coverage: "see_care", services: "run_services", menu: "see_care",
  settlement: "settle", hours: "see_care", adaptations: "record_visits", statistics: "see_rules", inspections: "inspect", organisation: "see_care",
};

/** @param {string} place */
export function mayEnter(place) {
  return !(place in NEEDS) || may(NEEDS[place]);
}

/** Where somebody begins: staff with the people, a volunteer with the visits. */
export const firstPlace = () => (may("set_care") ? "people" : "visits");

/** @type {{ place: string, icon: string, label: Key, with?: string[] }[]} */
const PLACES = [
  { place: "people", icon: "people", label: "care.people" },
  { place: "visits", icon: "home", label: "care.visits", with: ["coverage"] },
  { place: "assessments", icon: "list", label: "care.assessments" },
  { place: "services", icon: "box", label: "care.services", with: ["menu", "settlement"] },
  { place: "hours", icon: "clock", label: "care.hours" },
  { place: "statistics", icon: "vitals_trend", label: "care.statistics", with: ["inspections"] },
  { place: "more", icon: "more", label: "care.more" },
];

/** A phone has room for five: the others stand under "More" there. @param {string} place */
export const lesser = (place) => place === "assessments" || (place === "hours" && may("assess"));

function Places() {
  const first = route.value[0] ?? firstPlace();
  const shown = PLACES.filter(({ place }) => mayEnter(place));
  const here = shown.find((one) => one.place === first || one.with?.includes(first))?.place ?? "more";
  return html`<nav class="places" aria-label=${t("care.menu_label")}>${shown.map(({ place, icon, label }) => html`
    <a key=${place} href=${href(place)} class=${lesser(place) ? "lesser" : ""} aria-current=${here === place ? "page" : undefined} data-testid=${`care-${place}`}>
      <${Icon} name=${icon} /><span>${t(label)}</span></a>`)}</nav>`;
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
      <a href="/account">${t("app.account")}</a>
      <button type="button" data-testid="log-out" onClick=${() => { dropAllDrafts(); logOut(); }}>${t("app.log_out")}</button></div>`}
  </div>`;
}

/** Back to alarms, or for a volunteer to what one is asked. */
function Back() {
  const desk = roles.value.has("operator") || roles.value.has("administrator");
  return html`<a class="button to-board" href=${desk ? "/board" : "/respond"} aria-label=${t(desk ? "care.to_board" : "care.to_tasks")} data-testid="to-board">
    <${Icon} name="bell" /><span class="wide">${t(desk ? "care.to_board" : "care.to_tasks")}</span></a>`;
}

export function Bar() {
  useEffect(() => { document.title = `${t("care.title")} · ${t("app.name")}`; });
  return html`<header class="bar" ref=${useHeightKnown()}>
    <span class="brand">${t("app.name")}</span>
    <${Places} />
    <div class="bar-end"><${Back} /><${LanguageSwitch} /><${Account} /></div>
  </header>`;
}
