// @ts-check
/** The daily work of care: starts the page and shows what the address names. */
import { html, render } from "../html.js";
import { route } from "../router.js";
import { session, requireSession, leaveForLogin } from "../session.js";
import { Opening } from "../parts/opening.js";
import { setClock } from "../live/store.js";
import { adoptZone } from "../live/zone.js";
import { t, teach } from "../language.js";
import { CARE } from "../../messages/care.js";
import { lazy } from "../parts/lazy.js";
import { Bar, firstPlace, mayEnter } from "./bar.js";

teach(CARE);

const Person = lazy(async () => (await import("./person.js")).Person);
const PersonForm = lazy(async () => (await import("./person-form.js")).PersonForm);
const Assess = lazy(async () => (await import("./assess.js")).Assess);
const Visit = lazy(async () => (await import("./visit.js")).Visit);
const AskService = lazy(async () => (await import("./ask-service.js")).AskService);
const Order = lazy(async () => (await import("./order.js")).Order);
const Statement = lazy(async () => (await import("./statement.js")).Statement);

/** Pages by the first word of the address. @type {Record<string, any>} */
const PLACES = {
  people: lazy(async () => (await import("./people.js")).People),
  import: lazy(async () => (await import("./import.js")).Import),
  assessments: lazy(async () => (await import("./proposals.js")).Proposals),
  visits: lazy(async () => (await import("./due.js")).DueVisits),
  coverage: lazy(async () => (await import("./coverage.js")).Coverage),
  services: lazy(async () => (await import("./services.js")).Services),
  menu: lazy(async () => (await import("./menu.js")).Menu),
  settlement: lazy(async () => (await import("./settlement.js")).Settlement),
  hours: lazy(async () => (await import("./hours.js")).Hours),
  adaptations: lazy(async () => (await import("./adaptations.js")).Adaptations),
  statistics: lazy(async () => (await import("./figures.js")).Figures),
  inspections: lazy(async () => (await import("./inspections.js")).Inspections),
  organisation: lazy(async () => (await import("./organisation.js")).Organisation),
  more: lazy(async () => (await import("./more.js")).More),
};

/** Pages about one: `place/id`, or `place/id/what`. @param {string[]} words */
function one([place, id, what = ""]) {
  const key = `${place} ${id} ${what}`;
  if (place === "people" && id === "new") return html`<${PersonForm} key=${key} />`;
  if (place === "people" && what === "change") return html`<${PersonForm} key=${key} id=${id} />`;
  if (place === "people" && what === "assess") return html`<${Assess} key=${key} id=${id} />`;
  if (place === "people" && what === "visit") return html`<${Visit} key=${key} id=${id} />`;
  if (place === "people" && what === "service") return html`<${AskService} key=${key} id=${id} />`;
  if (place === "people") return html`<${Person} key=${key} id=${id} />`;
  if (place === "services") return html`<${Order} key=${key} id=${id} />`;
  if (place === "hours") return html`<${Statement} key=${key} id=${id} />`;
  return null;
}

function Page() {
  const words = route.value.length ? route.value : [firstPlace()];
  const [place, id] = words;
  if (!mayEnter(place)) return html`<p class="empty">${t("problem.not-permitted")}</p>`;
  const found = id ? one(words) : PLACES[place] && html`<${PLACES[place]} key=${place} />`;
  return found || html`<p class="empty">${t("app.not_found")}</p>`;
}

function Care() {
  if (!session.value) return html`<${Opening} />`;
  return html`<a class="skip" href="#main">${t("app.skip")}</a>
    <${Bar} />
    <main id="main" tabindex="-1"><${Page} /></main>`;
}

async function start() {
  render(html`<${Care} />`, /** @type {Element} */ (document.getElementById("app")));
  document.addEventListener("click", (event) => {
    if (/** @type {Element} */ (event.target).matches?.(".skip")) {
      event.preventDefault(); // the address after # is ours to route by
      document.getElementById("main")?.focus();
    }
  });
  // Another page is read from its beginning.
  addEventListener("hashchange", () => { scrollTo(0, 0); });
  const opened = await requireSession();
  if (!opened) return leaveForLogin();
  setClock(opened.server_time);
  adoptZone();
}

start();
