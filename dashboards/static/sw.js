// @ts-check
/**
 * The service worker: keeps the responder's and the family's page usable without a signal, and shows messages that
 * come while the phone is locked. It stores the pages' own files, never an answer of the API.
 * Where the browser can, it also sends what waits on the responder's phone when the page is closed.
 */
import { get, post, put, setCsrf } from "/static/app/api.js";
import { carry } from "/static/app/respond/carry.js";
import { all, alone, discard, keep } from "/static/app/respond/cupboard.js";
import { next } from "/static/app/respond/outbox.js";

const worker = /** @type {any} */ (self);
const SHELF = "nowalls-files-1";
const KEPT_PAGES = ["/respond", "/family"];
const PATIENCE_MS = 3_000; // a signal too weak to answer by then counts as none

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(keepAll().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(forgetOld().then(() => worker.clients.claim()));
});

async function forgetOld() {
  for (const name of await caches.keys()) if (name.startsWith("nowalls-files-") && name !== SHELF) await caches.delete(name);
}

/** Each page names its own files. */
async function keepAll() {
  const shelf = await caches.open(SHELF);
  for (const page of KEPT_PAGES) {
    const answer = await fetch(page, { cache: "no-cache" });
    if (!answer.ok) continue;
    const text = await answer.clone().text();
    await shelf.put(page, answer);
    const files = [...text.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((found) => found[1]);
    await shelf.addAll([...new Set(files)]);
  }
}

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith("/static/") || (request.mode === "navigate" && KEPT_PAGES.includes(pathname))) {
    event.respondWith(freshOrKept(request, pathname));
  }
});

/** A page that came anew names its packs; those that no kept page names belong to an older version. @param {any} shelf */
async function forgetOldPacks(shelf) {
  const pages = await Promise.all(KEPT_PAGES.map(async (page) => (await shelf.match(page))?.text() ?? ""));
  for (const request of await shelf.keys()) {
    const digest = /^\/static\/packs\/(\w+)\//.exec(new URL(request.url).pathname)?.[1];
    if (digest && !pages.some((text) => text.includes(digest))) await shelf.delete(request);
  }
}

/** What the server has is right; what was kept is better than nothing. @param {any} request @param {string} path */
async function freshOrKept(request, path) {
  const shelf = await caches.open(SHELF);
  const kept = await shelf.match(path);
  const asked = fetch(request).then(async (answer) => {
    if (answer.ok && answer.type === "basic") await shelf.put(path, answer.clone());
    if (request.mode === "navigate") await forgetOldPacks(shelf).catch(() => {}); // next time, then
    return answer;
  });
  if (!kept) return asked;
  asked.catch(() => {}); // it may fail after we have stopped waiting
  const patience = new Promise((go) => setTimeout(() => go(kept), PATIENCE_MS));
  return Promise.race([asked, patience]).catch(() => kept);
}

worker.addEventListener("push", (/** @type {any} */ event) => {
  const said = event.data?.json() ?? {};
  const { title = "nowalls", body = "", tag, url = "/", notification_id: id, priority } = said;
  const shown = worker.registration.showNotification(title, {
    body, tag, renotify: Boolean(tag), data: { url, id }, icon: "/static/icons/icon-192.png",
    requireInteraction: priority === "high", vibrate: priority === "high" ? [400, 150, 400, 150, 400] : [200],
  });
  event.waitUntil(Promise.all([shown, receipt(id, "delivered")]));
});

worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
  const { url, id } = event.notification.data;
  event.notification.close();
  event.waitUntil(Promise.all([open(url), receipt(id, "seen")]));
});

/** Bring our page to the front, wherever it stands. @param {string} wanted */
async function open(wanted) {
  const target = new URL(wanted, location.origin);
  if (target.origin !== location.origin) return;
  for (const client of await worker.clients.matchAll({ type: "window", includeUncontrolled: true })) {
    if (new URL(client.url).pathname !== target.pathname) continue;
    await client.navigate(target.href).catch(() => {});
    await client.focus();
    return;
  }
  await worker.clients.openWindow(target.href);
}

/** @param {number | undefined} id @param {"delivered" | "seen"} what */
async function receipt(id, what) {
  if (!id) return;
  try {
    const session = await (await fetch("/api/v1/session")).json();
    await fetch(`/api/v1/notifications/${id}/${what}`, {
      method: "POST", body: "{}", headers: { "content-type": "application/json", "x-csrf-token": session.csrf ?? "" },
    });
  } catch (error) {
    console.info("receipt not sent", error); // the server tries other ways when it hears nothing
  }
}

worker.addEventListener("sync", (/** @type {any} */ event) => {
  if (event.tag === "outbox") event.waitUntil(alone(sendWaiting));
});

/** As the page does it, one after the other. It throws while something waits: the browser then tries again later. */
async function sendWaiting() {
  const session = await get("/session");
  setCsrf(session.csrf);
  const me = session.account.id;
  const waiting = async () => next((await all()).filter((one) => one.who === me));
  for (let wish = await waiting(); wish; wish = await waiting()) {
    const end = await carry(wish, { get, post, put, learn: () => {}, me });
    if (end === "waits") throw new Error("no signal");
    if (end === "sent") await discard(wish.key);
    else await keep({ ...wish, ...end });
  }
  for (const client of await worker.clients.matchAll({ type: "window" })) client.postMessage("outbox");
}
