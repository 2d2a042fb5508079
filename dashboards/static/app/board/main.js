// @ts-check
/** The operator board: starts the store and the alarm, and shows what the address names. */
import { html, render } from "../html.js";
import { route } from "../router.js";
import { session, requireSession, roles, leaveForLogin } from "../session.js";
import { Opening } from "../parts/opening.js";
import { startStore, setClock, link } from "../live/store.js";
import { adoptZone } from "../live/zone.js";
import { startReceipts } from "../live/receipts.js";
import { startAlarm, announcement } from "../alarm/alarm.js";
import { t, teach } from "../language.js";
import { BOARD } from "../../messages/board.js";
import { Bar } from "./bar.js";
import { Queue } from "./queue.js";
import { Aside } from "./aside.js";
import { StaleBanner } from "../parts/connection.js";
import { lazy } from "../parts/lazy.js";
import { laterStyles } from "../parts/later-styles.js";

teach(BOARD);

const READY_AFTER_MS = 1_500;

const fetchIncident = () => import("./incident.js");
const Incident = lazy(async () => (await fetchIncident()).Incident);
const Resident = lazy(async () => (await import("./resident.js")).Resident);
/** Pages that take nothing from the address, by its first word; with "!" for administrators only. */
const PLACES = /** @type {Record<string, any>} */ ({
  residents: lazy(async () => (await import("./residents.js")).Residents),
  devices: lazy(async () => (await import("./devices.js")).Devices),
  found: lazy(async () => (await import("./found.js")).FoundDevices),
  map: lazy(async () => (await import("./townmap.js")).TownMap),
  duty: lazy(async () => (await import("./duty.js")).Duty),
  visits: lazy(async () => (await import("./visits.js")).Visits),
  statistics: lazy(async () => (await import("./statistics.js")).Statistics),
  drills: lazy(async () => (await import("./drills.js")).Drills),
  silences: lazy(async () => (await import("./silences.js")).Silences),
  policies: lazy(async () => (await import("./policies.js")).Policies),
  messages: lazy(async () => (await import("./letters.js")).Letters),
  more: lazy(async () => (await import("./more.js")).More),
  emergency: lazy(async () => (await import("./emergency.js")).Emergency),
  "audit!": lazy(async () => (await import("./audit.js")).Audit),
  "endpoints!": lazy(async () => (await import("./endpoints.js")).Endpoints),
  "quarantine!": lazy(async () => (await import("./quarantine.js")).Quarantine),
});

function Page() {
  const [place = "", id = ""] = route.value;
  if (place === "" || place === "incident") return html`<${QueuePage} id=${id} />`;
  if (place === "residents" && id) return html`<${Resident} key=${id} id=${id} />`;
  const Found = PLACES[place] ?? (roles.value.has("administrator") && PLACES[`${place}!`]);
  if (Found) return html`<${Found} key=${place} />`;
  return html`<p class="empty">${t("app.not_found")}</p>`;
}

/** The queue, and beside it the incident that is open (on a phone: instead of it). @param {{ id: string }} props */
function QueuePage({ id }) {
  return html`<h1 class="unseen">${t("board.title")}</h1><div class=${id ? "split has-detail" : "split"}>
    <${Queue} selected=${id} />
    ${id ? html`<${Incident} key=${id} id=${id} />` : html`<${Aside} />`}
  </div>`;
}

function Board() {
  if (!session.value) return html`<${Opening} />`;
  const stale = link.value.phase === "lost";
  return html`
    <a class="skip" href="#main">${t("app.skip")}</a>
    <${Bar} />
    <${StaleBanner} />
    <main id="main" tabindex="-1" class=${stale ? "stale" : ""}><${Page} /></main>
    <div class="unseen" aria-live="assertive" data-testid="announcement">${announcement}</div>`;
}

async function start() {
  render(html`<${Board} />`, /** @type {Element} */ (document.getElementById("app")));
  document.addEventListener("click", (event) => {
    // The address after # is ours to route by, so the skip link moves the focus itself.
    if (/** @type {Element} */ (event.target).matches?.(".skip")) {
      event.preventDefault();
      document.getElementById("main")?.focus();
    }
  });
  const opened = await requireSession();
  if (!opened) return leaveForLogin();
  setClock(opened.server_time);
  adoptZone();
  startStore();
  startReceipts();
  startAlarm();
  setTimeout(makeReady, READY_AFTER_MS);
}

/** Somebody will open an incident: have its page, its plots and its map here once the queue stands. */
function makeReady() {
  Promise.all([fetchIncident(), laterStyles()]).catch(() => {}); // without a signal they are fetched when one is opened
  for (const name of ["uplot", "leaflet"]) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href: `/static/vendor/${name}.js` }));
  }
}

start();
