// Five hundred alarms that end while a board is still fetching them.
import test from "node:test";
import assert from "node:assert/strict";
import { reduce } from "../../dashboards/static/app/live/reducer.js";
import { EMPTY } from "../../dashboards/static/app/live/state.js";
import { toSound } from "../../dashboards/static/app/alarm/audible.js";
import { hello, incident, said } from "./made.js";

test("what ended while the list was on its way does not come back to life with it", () => {
  const heard = (message) => ({ type: "message", message, at: 1 });
  const open = Array.from({ length: 500 }, (_, n) => incident({ id: `i${n}`, version: 2 }));
  let state = reduce(EMPTY, heard(hello()));
  const before = state; // the list is asked for: five hundred are open
  // A street has power again: all of them recover, and the feed says so before the last page has come.
  for (const one of open) state = reduce(state, heard(said({ ...one, version: 3, state: "resolved" })));
  state = reduce(state, { type: "snapshot", incidents: open, before });
  assert.equal(state.active.size, 0, "alarms that are over, open on this board until somebody loads it again");
  assert.equal(toSound(state.active.values(), new Map()), null);
  assert.ok(reduce(state, heard(said({ id: "x", state: "resolved" }))).closed.size <= 200);
});
