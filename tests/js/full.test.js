// A phone whose storage is full still sends what is pressed.
import test from "node:test";
import assert from "node:assert/strict";
import { phone } from "./phone.js";

/** @type {string[]} */
const sent = [];
phone(({ action }) => sent.push(action));
/** A database that opens, and takes nothing: QuotaExceededError. */
const base = { transaction: (/** @type {any} */ _, /** @type {string} */ mode) => {
  /** @type {any} */
  const change = { error: new Error("QuotaExceededError"), objectStore: () => ({ getAll: () => ({ result: [] }), put: () => ({}), delete: () => ({}) }) };
  setTimeout(() => (mode === "readonly" ? change.oncomplete() : change.onabort()), 0);
  return change;
} };
globalThis.indexedDB = /** @type {any} */ ({ open: () => {
  /** @type {any} */
  const asked = { result: base };
  setTimeout(() => asked.onsuccess(), 0);
  return asked;
} });

test("what a full phone cannot keep is sent all the same", async () => {
  const { session } = await import("../../dashboards/static/app/session.js");
  const { send } = await import("../../dashboards/static/app/respond/sending.js");
  session.value = /** @type {any} */ ({ account: { id: 7 }, grants: [], csrf: "" });
  send({ kind: "action", subject: "i", from: "open", body: { action: "arrive" } });
  await new Promise((go) => setTimeout(go, 200));
  assert.deepEqual(sent, ["arrive"]);
});
