// @ts-check
/** The pages of care that are not needed every day. */
import { html } from "../html.js";
import { t } from "../language.js";
import { href } from "../router.js";
import { lesser, mayEnter } from "./bar.js";
import { Head } from "./parts.js";

/** @typedef {import("../language.js").Key} Key */

/** @type {{ place: string, title: Key, about: Key }[]} */
const PAGES = [
  { place: "assessments", title: "care.assessments", about: "care.about_assessments" },
  { place: "hours", title: "care.hours", about: "care.about_hours" },
  { place: "import", title: "import.title", about: "care.about_import" },
  { place: "coverage", title: "visit.coverage", about: "care.about_coverage" },
  { place: "menu", title: "service.menu", about: "care.about_menu" },
  { place: "settlement", title: "service.settlement", about: "care.about_settlement" },
  { place: "adaptations", title: "care.adaptations", about: "care.about_adaptations" },
  { place: "inspections", title: "inspect.title", about: "care.about_inspections" },
  { place: "organisation", title: "org.title", about: "care.about_organisation" },
];

export function More() {
  return html`<section class="records scrolling"><${Head} title=${t("care.more")} /><ul class="more">${PAGES.filter(({ place }) => mayEnter(place) && (place !== "hours" || lesser(place))).map((one) => html`<li key=${one.place} class=${lesser(one.place) ? "card lesser-card" : "card"}>
    <a href=${href(one.place)} data-testid="more-link"><strong>${t(one.title)}</strong></a><p class="soft">${t(one.about)}</p></li>`)}</ul></section>`;
}
