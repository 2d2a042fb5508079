// @ts-check
/** The responder's phone: starts the store, the outbox and what was kept, and shows what the address names. */
import { computed, html, render, signal } from "../html.js";
import { route } from "../router.js";
import { session, adopt, leaveForLogin, logOut } from "../session.js";
import { get } from "../api.js";
import { startStore, setClock, link, now } from "../live/store.js";
import { adoptZone } from "../live/zone.js";
import { startReceipts } from "../live/receipts.js";
import { allowSoundOnGesture, sound } from "../alarm/sound.js";
import { t, language, teach } from "../language.js";
import { BOARD } from "../../messages/board.js";
import { RESPOND } from "../../messages/respond.js";
import { clockTime } from "../format.js";
import { remember, remembered, forget } from "../memory.js";
import { AppearanceSwitches, LanguageSwitch } from "../parts/controls.js";
import { ConnectionSign } from "../parts/connection.js";
import { push, startWorker } from "../parts/push.js";
import { calmTaps } from "../parts/taps.js";
import { PHOTO } from "../../messages/photo.js";
import { next } from "./outbox.js";
import { flush, forgetOutbox, outbox, startSending } from "./sending.js";
import { forgetKnown, keptAt, offers, recall, startKnown } from "./known.js";
import { standing } from "./mine.js";
import { List } from "./list.js";
import { Task } from "./task.js";

teach(BOARD);
teach(RESPOND);
teach(PHOTO);

const WHO = "respond.who";

function Page() {
  const [place = "", id = ""] = route.value;
  return place === "incident" && id ? html`<${Task} key=${id} id=${id} />` : html`<${List} />`;
}

/** Why one cannot log out just now. */
const stays = signal("");

/** What waits is sent first: nothing is lost by logging out. */
async function leave() {
  await flush();
  stays.value = next(outbox.peek()) ? t("queued.stay") : "";
  if (stays.value) return;
  await logOut();
  forgetKnown();
  forget(WHO);
  await forgetOutbox();
}

function Respond() {
  document.title = `${t("respond.title")} · ${t("app.name")}`;
  const old = keptAt.value !== null && link.value.phase !== "live";
  return html`<header class="phone-head"><span class="brand">${t("app.name")}</span><${ConnectionSign} /><${LanguageSwitch} /></header>
    ${old && html`<p class="kept" role="alert" data-testid="kept">${t("queued.old", { time: clockTime(keptAt.value ?? 0, language.value) })}</p>`}
    <main id="main">${session.value ? html`<${Page} />` : html`<p class="empty">${t("app.loading")}</p>`}</main>
    <footer class="phone-foot"><p><a class="button" href="/care#/visits" data-testid="to-care">${t("respond.care")}</a></p><details><summary>${t("app.menu")}</summary>
      <p class="soft">${t("app.signed_in", { name: session.value?.account.name ?? "" })}</p>
      <${AppearanceSwitches} />
      <p><a href="/account" data-testid="account-link">${t("app.account")}</a></p>
      <button type="button" data-testid="log-out" onClick=${leave}>${t("app.log_out")}</button><p role="alert" class="refusal" data-testid="stays">${stays.value}</p></details></footer>`;
}

/** Without a signal the last session of this phone will do to look and to queue; the server asks again later. */
async function comeIn() {
  try {
    const answer = await get("/session");
    remember(WHO, JSON.stringify(answer));
    setClock(answer.server_time);
    return answer;
  } catch (error) {
    if (/** @type {any} */ (error).status === 401) {
      forgetKnown();
      leaveForLogin();
      return null;
    }
    const kept = remembered(WHO);
    if (!kept) throw error;
    setTimeout(renew, 4_000);
    return JSON.parse(kept);
  }
}

/** The token of the session may have changed while there was no signal. */
function renew() {
  get("/session").then(adopt, (error) => (error.status === 401 ? leaveForLogin() : setTimeout(renew, 4_000)));
}

/** A phone rings for what its owner is asked, not for all that goes on at the station. */
function ring() {
  allowSoundOnGesture();
  sound(computed(() => standing(offers.value, new Set(), now.value)[0]?.incident?.priority ?? null));
}

async function start() {
  render(html`<${Respond} />`, /** @type {Element} */ (document.getElementById("app")));
  recall();
  const opened = await comeIn();
  if (!opened) return;
  adopt(opened);
  adoptZone();
  startStore();
  startReceipts();
  ring();
  calmTaps();
  startWorker().catch(() => { push.value = "unsupported"; });
  startKnown();
  startSending();
}

start();
