// @ts-check
/** Messages to this phone while it is locked: Web Push, asked for by a press, never by itself. */
import { html, signal, useEffect, useState } from "../html.js";
import { get, post, remove } from "../api.js";
import { t, tWord, language } from "../language.js";
import { forget, remember, remembered } from "../memory.js";
import { Icon } from "./icon.js";

/** @typedef {"on" | "off" | "denied" | "unsupported" | "insecure"} PushState */

/** @type {import("../../vendor/signals.js").Signal<PushState>} */
export const push = signal(/** @type {PushState} */ ("off"));

const ENDPOINT = "push.endpoint"; // our number of this phone's subscription

/** @param {string} text base64url @returns {Uint8Array<ArrayBuffer>} */
export function bytes(text) {
  const padded = text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
  return Uint8Array.from(atob(padded), (one) => one.charCodeAt(0));
}

/** The service worker also keeps the page usable where there is no signal. */
export async function startWorker() {
  if (!isSecureContext) { push.value = "insecure"; return; }
  if (!("serviceWorker" in navigator)) { push.value = "unsupported"; return; }
  const worker = await navigator.serviceWorker.register("/sw.js", { type: "module" });
  if (!("PushManager" in window) || !("Notification" in window)) push.value = "unsupported";
  else if (Notification.permission === "denied") push.value = "denied";
  else push.value = (await worker.pushManager.getSubscription()) && remembered(ENDPOINT) ? "on" : "off";
}

/** @param {Record<string, unknown>} more @returns {Promise<boolean>} */
async function tellServer(more) {
  const worker = await navigator.serviceWorker.ready;
  const subscription = await worker.pushManager.getSubscription();
  if (!subscription) return false;
  const { endpoint, keys } = subscription.toJSON();
  const kept = await post("/me/endpoints", { channel: "web_push", subscription: { endpoint, keys }, label: t("push.label"), language: language.value, ...more });
  remember(ENDPOINT, String(kept?.id ?? ""));
  return true;
}

/** The number of this phone among the places where its owner is told; NaN: none. */
export const thisPhone = () => Number(remembered(ENDPOINT) || NaN);

/** Between these, local time, only what is urgent rings this phone; null and null: always. @param {string | null} from @param {string | null} until */
export const setQuietHours = (from, until) => tellServer({ quiet_from: from, quiet_until: until });

/** Ask, subscribe, and tell the server where to send. @returns {Promise<boolean>} */
async function subscribe() {
  if ((await Notification.requestPermission()) !== "granted") {
    push.value = "denied";
    return false;
  }
  const worker = await navigator.serviceWorker.ready;
  const { public_key: key } = await get("/push/key");
  await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  await tellServer({});
  push.value = "on";
  return true;
}

async function unsubscribe() {
  const worker = await navigator.serviceWorker.ready;
  await (await worker.pushManager.getSubscription())?.unsubscribe();
  const id = remembered(ENDPOINT);
  forget(ENDPOINT);
  push.value = "off";
  if (id) await remove(`/me/endpoints/${id}`);
}

/** A browser offers to install the page once, by an event that must be kept. @type {import("../../vendor/signals.js").Signal<any>} */
const install = signal(null);
addEventListener("beforeinstallprompt", (event) => { event.preventDefault(); install.value = event; });

export function Install() {
  if (!install.value) return null;
  const ask = () => { install.value.prompt(); install.value = null; };
  return html`<button type="button" data-testid="install" onClick=${ask}><${Icon} name="home" />${t("push.install")}</button>`;
}

export function PushSwitch() {
  const [said, say] = useState("");
  useEffect(() => { startWorker().catch(() => { push.value = "unsupported"; }); }, []);
  const run = (/** @type {() => Promise<unknown>} */ what, done = "") => () => {
    say("");
    what().then(() => say(done), () => say(t("push.failed")));
  };
  const now = push.value;
  const test = () => post(`/me/endpoints/${remembered(ENDPOINT)}/test`, {});
  return html`<div class="push" data-testid="push" data-state=${now}>
    ${now === "off" && html`<button type="button" class="primary" data-testid="push-on" onClick=${run(subscribe)}><${Icon} name="bell" />${t("push.off")}</button>`}
    ${now === "on" && html`<p class="soft"><${Icon} name="bell" /> ${t("push.on")}</p>
      <button type="button" class="quiet" onClick=${run(test, t("push.test_sent"))}>${t("push.test")}</button>
      <button type="button" class="quiet" onClick=${run(unsubscribe)}>${t("push.forget")}</button>`}
    ${now !== "off" && now !== "on" && html`<p class="soft">${tWord("push", now)}</p>`}
    <p role="status">${said}</p>
    <${Install} /></div>`;
}
