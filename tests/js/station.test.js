import assert from "node:assert/strict";
import { test } from "node:test";
import { comesFrom, links } from "../../dashboards/static/app/bench/chain.js";
import { WEEK_MS, lanes } from "../../dashboards/static/app/board/week.js";
import { reduce } from "../../dashboards/static/app/live/reducer.js";
import { EMPTY, UNSEEN_KEPT } from "../../dashboards/static/app/live/state.js";
import { pieces } from "../../dashboards/static/app/parts/windowed-rows.js";
import { checklistFor } from "../../dashboards/static/app/respond/checklist.js";
import { incident } from "./made.js";

const T = Date.parse("2026-03-01T00:00:00Z");
const iso = (hours) => new Date(T + hours * 3_600_000).toISOString();
const shift = (from, until, own = {}) => ({ role: "operator", account: { id: 1, name: "Chen" }, phone: "", from: iso(from), until: iso(until), source: "shift:1", ...own });

test("a week of duty has a lane a role; stretches and gaps are cut to it, and none is drawn twice", () => {
  const duty = { on_duty: [shift(-5, 8)], next: [shift(-5, 8), shift(160, 200)], gaps: [{ role: "responder", from: iso(10), until: iso(20) }] };
  const [operators, responders] = lanes(duty, T);
  assert.deepEqual(operators.shifts.map(({ start, end }) => [start, end]), [[T, T + 8 * 3_600_000], [T + 160 * 3_600_000, T + WEEK_MS]]);
  assert.equal(responders.shifts.length, 0);
  assert.equal(responders.gaps.length, 1);
});

test("a press is followed by the incident of its device, home or wearer, not by an older one", () => {
  const from = { code: "w1", home: 3, resident: 5 };
  const found = (own) => incident({ home: null, resident: null, device: null, detected_at: iso(1), ...own });
  assert.ok(comesFrom(found({ device: { code: "w1" } }), from, T));
  assert.ok(comesFrom(found({ resident: { id: 5 } }), from, T));
  assert.ok(!comesFrom(found({ home: { id: 4 } }), from, T));
  assert.ok(!comesFrom(found({ device: { code: "w1" }, detected_at: iso(-1) }), from, T));
  const lit = links({ code: "w1", sentAt: T, heardAt: T + 40, incident: null, paintedAt: null }).filter(([, at]) => at !== null);
  assert.deepEqual(lit.map(([name]) => name), ["sent", "heard"]);
});

const hear = (state, message) => reduce(state, { type: "message", message, at: 1 });

test("who looks at an incident is known until nobody does", () => {
  const seen = hear(EMPTY, { type: "viewers", incident: "a", viewers: [{ id: 1, name: "Chen" }] });
  assert.equal(seen.viewers.get("a")[0].name, "Chen");
  assert.equal(hear(seen, { type: "viewers", incident: "a", viewers: [] }).viewers.size, 0);
});

test("messages wait to be called seen, and not without end", () => {
  let state = EMPTY;
  for (let id = 1; id <= UNSEEN_KEPT + 5; id += 1) state = hear(state, { type: "notification", notification: { id } });
  assert.equal(state.unseen.length, UNSEEN_KEPT);
  assert.ok(!reduce(state, { type: "seen", ids: [UNSEEN_KEPT] }).unseen.some(({ id }) => id === UNSEEN_KEPT));
});

test("a long queue is cut into pieces, the last one shorter", () => {
  assert.deepEqual(pieces([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
  assert.deepEqual(pieces([], 10), []);
});

test("every kind has something to look at on the spot", () => {
  for (const kind of ["fall", "smoke", "a kind of tomorrow"]) assert.ok(checklistFor(kind).length >= 3);
});
