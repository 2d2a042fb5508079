import assert from "node:assert/strict";
import { test } from "node:test";
import { reduce } from "../../dashboards/static/app/live/reducer.js";
import { CLOSED_KEPT, EMPTY } from "../../dashboards/static/app/live/state.js";
import { hello, heartbeat, incident, said } from "./made.js";

const heard = (message, at = 1000) => ({ type: "message", message, at });
const after = (...events) => events.reduce(reduce, EMPTY);
const versions = (state) => [...state.active.values()].map((one) => [one.id, one.version]);

test("an incident appears, and its newer version replaces it", () => {
  const state = after(heard(said({ version: 1 })), heard(said({ version: 2, state: "acknowledged" })));
  assert.deepEqual(versions(state), [["a", 2]]);
  assert.equal(state.active.get("a").state, "acknowledged");
});

test("an older version that comes late changes nothing", () => {
  const state = after(heard(said({ version: 3, state: "responding" })), heard(said({ version: 2, state: "acknowledged" })));
  assert.equal(state.active.get("a").state, "responding");
});

test("the same message twice leaves the same incident object, so nothing is drawn again", () => {
  const once = after(heard(said({ version: 1 })));
  const twice = reduce(once, heard(said({ version: 1 })));
  assert.equal(twice.active, once.active);
});

test("any order of the same messages ends in the same picture", () => {
  const messages = [said({ version: 1 }), said({ version: 2 }), said({ id: "b", version: 1 }), said({ version: 3, state: "resolved" })];
  const orders = [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1, 1, 0]];
  for (const order of orders) {
    const state = after(...order.map((i) => heard(messages[i])));
    assert.deepEqual(versions(state), [["b", 1]], `order ${order}`);
    assert.equal(state.closed.get("a").version, 3, `order ${order}`);
  }
});

test("a closed incident leaves the queue and does not come back by a late duplicate", () => {
  const state = after(heard(said({ version: 4, state: "cancelled" })), heard(said({ version: 3, state: "open" })));
  assert.deepEqual(versions(state), []);
});

test("only the latest closed incidents are remembered", () => {
  const many = Array.from({ length: CLOSED_KEPT + 50 }, (_, i) => heard(said({ id: `i${i}`, version: 2, state: "resolved" })));
  const state = after(...many);
  assert.equal(state.closed.size, CLOSED_KEPT);
  assert.ok(!state.closed.has("i0"));
  assert.ok(state.closed.has(`i${CLOSED_KEPT + 49}`));
});

test("the cursor follows what was heard, so that a reconnection asks for the rest only", () => {
  const state = after(heard(hello()), heard(said({}, "c5")), heard(heartbeat("c7")));
  assert.equal(state.cursor, "c7");
});

test("a fresh hello asks for the list, a resumed one does not", () => {
  const fresh = after(heard(hello()));
  assert.equal(fresh.hellos, 1);
  assert.equal(fresh.complete, false);
  const listed = reduce(fresh, { type: "snapshot", incidents: [], before: fresh });
  assert.equal(listed.complete, true);
  const resumed = reduce(listed, heard(hello({ resumed: true, cursor: "c9" })));
  assert.equal(resumed.hellos, 1);
  assert.equal(resumed.complete, true);
  assert.equal(resumed.cursor, "c9");
});

test("a resumed hello before the list ever came still asks for the list", () => {
  const state = after(heard(hello()), heard(hello({ resumed: true })));
  assert.equal(state.hellos, 2);
});

test("the list wins over what it is newer than, and loses to what came meanwhile", () => {
  const before = after(heard(said({ id: "a", version: 1 })), heard(said({ id: "b", version: 1 })));
  const meanwhile = reduce(before, heard(said({ id: "b", version: 5, state: "on_site" })));
  const state = reduce(meanwhile, {
    type: "snapshot", before, incidents: [incident({ id: "a", version: 2 }), incident({ id: "b", version: 2 })],
  });
  assert.deepEqual(versions(state), [["a", 2], ["b", 5]]);
});

test("what ended while we were away is gone after the list; what began since we asked stays", () => {
  const before = after(heard(said({ id: "ended", version: 1 })));
  const meanwhile = reduce(before, heard(said({ id: "new", version: 1 })));
  const state = reduce(meanwhile, { type: "snapshot", before, incidents: [] });
  assert.deepEqual(versions(state), [["new", 1]]);
});

test("silence for longer than the limit means lost, and the next message means live", () => {
  const live = after(heard(hello(), 10_000));
  assert.equal(live.link.phase, "live");
  assert.equal(reduce(live, { type: "tick", at: 22_000 }).link.phase, "live");
  const lost = reduce(live, { type: "tick", at: 22_001 });
  assert.equal(lost.link.phase, "lost");
  assert.equal(lost.link.heardAt, 10_000, "the time of the last update stays");
  assert.equal(reduce(lost, heard(heartbeat(), 30_000)).link.phase, "live");
});

test("a closed socket means lost at once, and an attempt to reconnect does not look like success", () => {
  const lost = after(heard(hello(), 5), { type: "closed" }, { type: "opening" });
  assert.equal(lost.link.phase, "lost");
});

test("failures count up until something is heard", () => {
  const twice = after(heard(hello()), { type: "closed" }, { type: "closed" });
  assert.equal(twice.link.failures, 2);
  assert.equal(reduce(twice, heard(heartbeat())).link.failures, 0);
});

test("a resident's live state is laid over what was known", () => {
  const state = after(
    heard({ type: "resident", resident: { id: 7, state: "well", last_room: "kitchen" } }),
    heard({ type: "resident", resident: { id: 7, state: "alert" } }),
  );
  assert.deepEqual(state.residents.get(7), { id: 7, state: "alert", last_room: "kitchen" });
});

test("a message of a kind we do not know yet is only a sign of life", () => {
  const state = after(heard({ type: "presence", who: [] }, 77));
  assert.equal(state.link.heardAt, 77);
  assert.equal(state.active.size, 0);
});

test("a day of events does not make the state grow", () => {
  let state = EMPTY;
  for (let i = 0; i < 10_000; i += 1) {
    const id = `i${Math.floor(i / 2)}`;
    state = reduce(state, heard(said({ id, version: 1 + (i % 2), state: i % 2 ? "resolved" : "open" })));
  }
  assert.equal(state.active.size, 0);
  assert.equal(state.closed.size, CLOSED_KEPT);
});
