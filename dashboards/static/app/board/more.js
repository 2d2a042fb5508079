// @ts-check
/** The pages that are not needed every minute. */
import { html } from "../html.js";
import { t, teach } from "../language.js";
import { STATION } from "../../messages/station.js";
import { FOUND } from "../../messages/found.js";
import { LOOKS } from "../../messages/looks.js";
import { RULES } from "../../messages/rules.js";
import { href } from "../router.js";
import { isAdministrator } from "./station-choice.js";

teach(STATION);
teach(RULES);
teach(LOOKS);
teach(FOUND);

/** @typedef {import("../language.js").Key} Key */

/** @type {{ to: string, title: Key, about: Key, administrator?: boolean }[]} */
const PAGES = [
  { to: "/care", title: "care.name", about: "more.care" },
  { to: href("silences"), title: "silence.title", about: "more.silences" },
  { to: href("messages"), title: "letters.name", about: "more.messages" },
  { to: href("emergency"), title: "glass.title", about: "more.glass" },
  { to: href("visits"), title: "visits.title", about: "more.visits" },
  { to: href("statistics"), title: "stats.title", about: "more.statistics" },
  { to: href("found"), title: "found.title", about: "found.more" },
  { to: href("drills"), title: "drills.title", about: "more.drills" },
  { to: "/console", title: "console.name", about: "more.console" },
  { to: "/respond", title: "respond.name", about: "more.respond" },
  { to: href("policies"), title: "policies.title", about: "more.policies" },
  { to: href("endpoints"), title: "reach.title", about: "more.endpoints", administrator: true },
  { to: href("audit"), title: "audit.title", about: "more.audit", administrator: true },
  { to: href("quarantine"), title: "nav.quarantine", about: "more.quarantine", administrator: true },
  { to: "/account#/people", title: "accounts.more", about: "more.accounts", administrator: true },
  { to: "/bench", title: "bench.name", about: "more.bench", administrator: true },
];

export function More() {
  return html`<section class="records scrolling"><header class="records-head"><h1>${t("more.title")}</h1></header>
    <ul class="more">${PAGES.filter((one) => !one.administrator || isAdministrator()).map((one) => html`<li key=${one.to} class="card">
      <a href=${one.to} data-testid="more-link"><strong>${t(one.title)}</strong></a><p class="soft">${t(one.about)}</p></li>`)}</ul></section>`;
}
