// @ts-check
/** What the pages find in a browser, as far as the responder's outbox asks for it: a phone without a screen. */

/** @param {(wish: any) => void} sent  hears the body of everything that is not read */
export function phone(sent) {
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { language: "en", languages: ["en"] } });
  globalThis.localStorage = /** @type {any} */ ({ getItem: () => null, setItem() {}, removeItem() {} });
  globalThis.document = /** @type {any} */ ({ hidden: false, documentElement: { dataset: {}, style: {} }, addEventListener() {}, querySelector: () => null });
  globalThis.addEventListener = /** @type {any} */ (() => {});
  globalThis.location = /** @type {any} */ ({ href: "http://x/", pathname: "/respond", hash: "", origin: "http://x" });
  globalThis.fetch = /** @type {any} */ (async (/** @type {string} */ path, /** @type {any} */ { method, body }) => {
    if (method !== "GET") sent(JSON.parse(body));
    return { ok: true, status: 200, json: async () => ({ id: "i", version: 1, state: "open", allowed: [] }) };
  });
}
