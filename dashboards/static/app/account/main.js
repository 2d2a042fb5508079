// @ts-check
/** The account page: one's own security; accounts and tokens for administrators. */
import { html, render } from "../html.js";
import { route, href } from "../router.js";
import { requireSession, session, logOut } from "../session.js";
import { Opening } from "../parts/opening.js";
import { homeOf } from "../entrance.js";
import { t, teach } from "../language.js";
import { ACCOUNT } from "../../messages/account.js";
import { AppearanceSwitches, LanguageSwitch } from "../parts/controls.js";
import { lazy } from "../parts/lazy.js";
import { Own } from "./own.js";

teach(ACCOUNT);

const People = lazy(async () => (await import("./people.js")).People);
const Person = lazy(async () => (await import("./person.js")).Person);
const Tokens = lazy(async () => (await import("./tokens.js")).Tokens);

const administers = () => session.value?.may.includes("manage_accounts") ?? false;

function Nav() {
  const here = route.value[0] ?? "";
  const places = /** @type {const} */ ([["", "account.own"], ["people", "account.people"], ["tokens", "account.tokens"]]);
  return html`<nav class="account-nav" aria-label=${t("account.nav")}>
    ${places.filter(([place]) => !place || administers()).map(([place, label]) => html`<a key=${place} href=${href(place)}
      aria-current=${here === place ? "page" : undefined} data-testid=${`account-nav-${place || "own"}`}>${t(label)}</a>`)}</nav>`;
}

function Page() {
  const [place = "", id = ""] = route.value;
  if (place === "people" && id) return html`<${Person} key=${id} id=${id} />`;
  if (place === "people") return html`<${People} />`;
  if (place === "tokens") return html`<${Tokens} />`;
  return html`<${Own} />`;
}

function Account() {
  document.title = `${t("account.title")} · ${t("app.name")}`;
  if (!session.value) return html`<${Opening} />`;
  const home = homeOf({ ...session.value, held: false });
  return html`<header class="account-head"><span class="brand">${t("app.name")}</span>
      <span class="acts"><a href=${home} data-testid="account-home">${t("account.back")}</a><${LanguageSwitch} />
      <button type="button" class="quiet" data-testid="log-out" onClick=${logOut}>${t("app.log_out")}</button></span></header>
    <${Nav} /><main id="main"><${Page} /></main><footer><${AppearanceSwitches} /></footer>`;
}

async function start() {
  render(html`<${Account} />`, /** @type {Element} */ (document.getElementById("app")));
  await requireSession();
}

start();
