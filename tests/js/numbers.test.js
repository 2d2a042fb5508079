import assert from "node:assert/strict";
import { test } from "node:test";
import { readClock, startClock, syncClock } from "../../dashboards/static/app/live/clock.js";
import { ago, clockTime, delay, localDay, measured, running, span, unitName } from "../../dashboards/static/app/format.js";
import { summary, slotTime } from "../../dashboards/static/app/parts/day.js";
import { visibleRows } from "../../dashboards/static/app/parts/windowed-rows.js";
import { peakOf, stillAfter } from "../../dashboards/static/app/board/motion.js";
import { concernsPerson, mood } from "../../dashboards/static/app/family/mood.js";
import { homeOf, returnTarget } from "../../dashboards/static/app/entrance.js";
import { incident } from "./made.js";

const S = 1000, MIN = 60 * S, HOUR = 60 * MIN, DAY = 24 * HOUR;

test("running times", () => {
  assert.equal(running(42 * S, "en"), "0:42");
  assert.equal(running(12 * MIN + 5 * S, "en"), "12:05");
  assert.equal(running(3 * HOUR + 20 * MIN + 11 * S, "en"), "3:20:11");
  assert.equal(running(2 * DAY + 4 * HOUR + 10 * MIN, "zh"), "2 天 04:10");
  assert.equal(running(-5 * S, "en"), "0:00", "a clock that is ahead shows nothing strange");
});

test("a delay is read at a glance, however long", () => {
  assert.deepEqual([24.4, 2600, 130 * MIN].map((ms) => delay(ms, "en")), ["24 ms", "3 s", "2 h 10 min"]);
});

test("spans in words, in both languages", () => {
  assert.equal(span(20 * S, "en"), "less than 1 min");
  assert.equal(span(130 * MIN, "en"), "2 h 10 min");
  assert.equal(span(130 * MIN, "zh"), "2 小时 10 分钟");
  assert.equal(span(13 * HOUR + 5 * MIN, "en"), "13 h");
  assert.equal(span(3 * DAY, "en"), "3 days");
  assert.equal(ago(3 * S, "zh"), "刚刚");
  assert.equal(ago(5 * MIN, "en"), "5 min ago");
});

test("a time is said in the resident's zone, whatever the reader's", () => {
  assert.equal(clockTime("2026-03-01T03:00:00Z", "en", "Asia/Shanghai"), "11:00");
  assert.equal(clockTime("2026-03-01T16:30:00Z", "zh", "Asia/Shanghai"), "00:30");
  assert.equal(localDay("2026-03-01T16:30:00Z", "Asia/Shanghai"), "2026-03-02");
});

test("values have the digits and units of their kind", () => {
  assert.equal(measured(36.64, "body_temperature"), "36.6");
  assert.equal(measured(71.8, "heart_rate"), "72");
  assert.equal(unitName("mm[Hg]", "en"), "mmHg");
  assert.equal(unitName("/min", "zh"), "次/分");
});

test("a browser whose clock is an hour wrong still shows the server's time", () => {
  const clock = syncClock(startClock(HOUR, 0), HOUR + 5 * S, 5 * S + 40);
  assert.equal(readClock(clock, 8 * S + 40), HOUR + 8 * S);
});

test("a community that lives sixty times as fast is shown at its own pace", () => {
  let clock = startClock(0, 0);
  for (let local = 5 * S; local <= 60 * S; local += 5 * S) clock = syncClock(clock, local * 60, local);
  assert.equal(Math.round(clock.pace), 60);
  assert.equal(readClock(clock, 61 * S), 61 * 60 * S);
});

test("network delay is not taken for another pace", () => {
  const clock = syncClock(startClock(0, 0), 5 * S, 5 * S + 300);
  assert.equal(clock.pace, 1);
});

test("the day so far against the usual one", () => {
  const activity = [0, 3, 1, null, null];
  assert.deepEqual(summary(activity, [0.5, 2, 0, 4, 1]), { now: 3, busy: 2, usualBusy: 2, most: 4 });
  assert.deepEqual(summary([0, 0], null), { now: 2, busy: 0, usualBusy: null, most: 1 });
  assert.equal(slotTime(29, 15), "07:15");
});

test("of twenty thousand rows only those on the screen and a few more are drawn", () => {
  const { first, end } = visibleRows(600_000, 900, 60, 20_000);
  assert.ok(first <= 10_000 && end >= 10_015);
  assert.ok(end - first < 40);
  assert.deepEqual(visibleRows(0, 900, 60, 3), { first: 0, end: 3 });
  assert.deepEqual(visibleRows(90_000, 900, 60, 3), { first: 3, end: 3 }, "the list became shorter while scrolled");
});

test("the motion clip in words: how hard, and whether they lie still", () => {
  const still = (n) => Array.from({ length: n }, () => [0, 0, 1000]);
  const shaking = (n) => Array.from({ length: n }, (_, i) => [0, 0, i % 2 ? 1400 : 700]);
  assert.equal(peakOf([...still(10), [2000, 2000, 1000]]), 3);
  assert.equal(stillAfter([...shaking(200), ...still(300)], 50, 2), true);
  assert.equal(stillAfter(shaking(500), 50, 2), false);
  assert.equal(stillAfter(still(60), 50, 1), false, "too short to say");
});

test("what the family reads in one glance", () => {
  assert.equal(mood("well", []), "well");
  assert.equal(mood("alert", [incident({ state: "open" })]), "happened");
  assert.equal(mood("alert", [incident({ state: "responding" })]), "on_it");
  assert.equal(mood("alert", [incident({ state: "responding" }), incident({ state: "open" })]), "happened");
  assert.equal(mood("well", [incident({ state: "resolved" })]), "well");
  assert.equal(mood("well", [incident({ kind: "low_battery", state: "open" })]), "well", "a battery worries nobody");
  assert.equal(concernsPerson(incident({ drill: true })), false);
});

test("everybody lands on the page of their role, and only on ours", () => {
  const family = { grants: [{ role: "family" }] }, operator = { grants: [{ role: "operator" }] };
  assert.equal(homeOf(family), "/family");
  assert.equal(homeOf(operator), "/board");
  assert.equal(returnTarget(operator, `#${encodeURIComponent("/board#/residents/4")}`), "/board#/residents/4");
  assert.equal(returnTarget(operator, `#${encodeURIComponent("//evil.example/board")}`), "/board");
  assert.equal(returnTarget(family, `#${encodeURIComponent("/board#/devices")}`), "/family");
});
