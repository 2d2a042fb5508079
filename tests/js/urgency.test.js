import assert from "node:assert/strict";
import { test } from "node:test";
import { isCalling, isMuted, mutesLeft, toSound } from "../../dashboards/static/app/alarm/audible.js";
import { BURSTS } from "../../dashboards/static/app/alarm/pattern.js";
import { queue } from "../../dashboards/static/app/live/order.js";
import { incident } from "./made.js";

const ids = (list) => list.map((one) => one.id);

test("priority first, and of the same priority the one that has waited longest", () => {
  const { waiting } = queue([
    incident({ id: "low", priority: "low", onset: "2026-03-01T01:00:00Z" }),
    incident({ id: "late", onset: "2026-03-01T03:05:00Z" }),
    incident({ id: "early", onset: "2026-03-01T03:00:00Z" }),
    incident({ id: "medium", priority: "medium", onset: "2026-03-01T02:00:00Z" }),
  ]);
  assert.deepEqual(ids(waiting), ["early", "late", "medium", "low"]);
});

test("what nobody has taken, what the resident may call off, and what is in hand are three things", () => {
  const parts = queue(["open", "detected", "acknowledged", "responding", "on_site"].map((state) => incident({ id: state, state })));
  assert.deepEqual(ids(parts.waiting), ["open"]);
  assert.deepEqual(ids(parts.asking), ["detected"]);
  assert.deepEqual(ids(parts.inHand).sort(), ["acknowledged", "on_site", "responding"]);
});

test("the most urgent open incident is heard, until somebody takes it", () => {
  const none = new Map();
  const medium = incident({ id: "m", priority: "medium" });
  assert.equal(toSound([medium, incident()], none), "high");
  assert.equal(toSound([medium, incident({ state: "acknowledged" })], none), "medium");
  assert.equal(toSound([incident({ state: "detected" })], none), null, "the resident may still call it off");
  assert.equal(toSound([], none), null);
});

test("what gets worse in somebody's hands needs somebody, flashes and is heard, until a person has said so", () => {
  for (const state of ["responding", "on_site"]) {
    const worse = incident({ id: "w", state, priority: "medium", rang_again_at: "2026-03-01T03:05:00.000Z" });
    const parts = queue([worse, incident({ id: "a", state })]);
    assert.deepEqual([ids(parts.waiting), ids(parts.inHand)], [["w"], ["a"]]);
    assert.ok(isCalling(worse));
    assert.equal(toSound([worse], new Map()), "medium");
    assert.equal(toSound([{ ...worse, rang_again_at: null }], new Map()), null);
    assert.ok(!isCalling({ ...worse, kind: "self_test" }));
  }
});

test("a mute of what got worse ends when it gets worse once more", () => {
  const mutes = new Map([["a", { priority: "high", severity: "", again: "2026-03-01T03:05:00.000Z" }]]);
  const worse = (at) => incident({ state: "on_site", rang_again_at: at });
  assert.equal(toSound([worse("2026-03-01T03:05:00.000Z")], mutes), null);
  assert.equal(toSound([worse("2026-03-01T03:06:00.000Z")], mutes), "high");
});

test("a mute silences one incident only, and not when it becomes more urgent", () => {
  const mutes = new Map([["a", { priority: "medium", severity: "" }]]);
  const quiet = incident({ id: "a", priority: "medium" });
  assert.equal(toSound([quiet], mutes), null);
  assert.equal(toSound([quiet, incident({ id: "b", priority: "low" })], mutes), "low");
  assert.equal(isMuted(incident({ id: "a", priority: "high" }), mutes), false);
  assert.equal(isMuted(incident({ id: "a", priority: "low" }), mutes), true);
});

test("what was muted and becomes life-threatening is heard again, though its priority was the highest before", () => {
  const mutes = new Map([["a", { priority: "high", severity: "possible" }]]);
  assert.equal(toSound([incident({ severity: "possible" })], mutes), null);
  assert.equal(toSound([incident({ severity: "long_lie" })], mutes), "high");
  assert.equal(isMuted(incident({ severity: "long_lie" }), new Map([["a", { priority: "high", severity: "long_lie" }]])), true);
});

test("a mute ends when somebody takes the incident, so that it is heard if nobody goes after all", () => {
  const mutes = new Map([["a", {}], ["b", {}], ["gone", {}]]);
  const active = new Map([["a", incident({ state: "acknowledged" })], ["b", incident({ id: "b" })]]);
  assert.deepEqual([...mutesLeft(mutes, active).keys()], ["b"]);
});

/** Silence after each pulse but the last. */
const gaps = ({ starts, pulse }) => starts.slice(1).map((start, i) => start - starts[i] - pulse);
const within = (value, low, high) => value >= low - 1e-9 && value <= high + 1e-9;

test("bursts lie in the bands of IEC 60601-1-8", () => {
  const { high, medium, low } = BURSTS;
  assert.equal(high.starts.length, 10);
  assert.equal(medium.starts.length, 3);
  assert.ok([1, 2].includes(low.starts.length));
  assert.ok(within(high.pulse, 0.075, 0.2));
  assert.ok(within(medium.pulse, 0.125, 0.25) && within(low.pulse, 0.125, 0.25));
  const x = gaps(high)[0];
  assert.ok(within(x, 0.05, 0.125));
  gaps(high).forEach((gap, i) => {
    if (i === 2 || i === 7) assert.ok(within(gap, 2 * x + high.pulse, 2 * x + high.pulse), `gap ${i + 1} of the burst: ${gap}`);
    else if (i === 4) assert.ok(within(gap, 0.35, 1.3), `between the halves: ${gap}`);
    else assert.ok(within(gap, x, x), `gap ${i + 1}: ${gap}`);
  });
  gaps(medium).forEach((gap) => assert.ok(within(gap, 0.125, 0.25)));
  const rest = (burst) => burst.every - burst.starts.at(-1) - burst.pulse;
  assert.ok(within(rest(high), 2.5, 15));
  assert.ok(within(rest(medium), 2.5, 30));
  assert.ok(rest(low) > 15);
  for (const { pitch } of [high, medium, low]) assert.ok(within(pitch, 150, 1000));
});
