// The phone is followed while its owner is on the way.
import test from "node:test";
import assert from "node:assert/strict";

test("a position on the way takes nobody off the list of who is free", async () => {
  /** @type {any[]} */
  const sent = [];
  /** @type {any} */
  let told;
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { geolocation: {
    watchPosition: (/** @type {any} */ run) => { told = run; return 1; }, clearWatch() {},
  } } });
  globalThis.fetch = /** @type {any} */ (async (/** @type {string} */ path, /** @type {any} */ { body }) => {
    sent.push(JSON.parse(body));
    return { ok: true, status: 200, json: async () => ({}) };
  });
  const { follow } = await import("../../dashboards/static/app/respond/position.js");
  follow(() => false); // as task.js: what this phone knows of the switch that nobody ever pressed
  told({ coords: { latitude: 34.8, longitude: 114.3 }, timestamp: 1e6 });
  await new Promise((go) => setTimeout(go, 10));
  assert.equal(sent.length, 1);
  assert.notEqual(sent[0].available, false);
});
