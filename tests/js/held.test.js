// What waits for the morning is not "asking the resident".
import test from "node:test";
import assert from "node:assert/strict";
import { queue } from "../../dashboards/static/app/live/order.js";
import { mood } from "../../dashboards/static/app/family/mood.js";

/** @param {string} opens @param {Record<string, any>} [more] */
const detected = (opens, more = {}) => /** @type {any} */ ({
  id: opens, number: 1, kind: "vitals_trend", priority: "low", state: "detected", drill: false, severity: "",
  onset: "2026-11-22T19:20:00Z", state_since: "2026-11-22T19:20:45Z", next_step_at: opens, rang_again_at: null, ...more,
});
const night = detected("2026-11-22T23:00:00Z"), fall = detected("2026-11-22T19:21:15Z", { kind: "fall", priority: "high" });

test("an incident held for the night is not among those whom the system asks just now", () => {
  assert.deepEqual(queue([night, fall]).asking.map(({ kind }) => kind), ["fall"]);
});

test("the family is not told at night that something happened because of a trend that waits for the morning", () => {
  assert.equal(mood("well", [night]), "well"); // the server's own headline says: all is well
  assert.equal(mood("alert", [fall]), "happened");
});
