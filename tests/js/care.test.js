import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { addDays, bornAndSex, instantOf, localText, monthsBefore } from "../../dashboards/static/app/care/calendar.js";
import { gradeOf, partScore } from "../../dashboards/static/app/care/scoring.js";
import { ROOT } from "./dashboards.js";

const scale = JSON.parse(readFileSync(join(ROOT, "..", "care", "assessment", "scale.json"), "utf8"));
const NOW = Date.parse("2026-11-22T00:00:00Z");
const well = { coma: false, dementia: false, mental_disorder: false, risk_events: [] };
const full = Object.fromEntries(scale.parts.flatMap((part) => part.items.map((item) => [item.key, item.most])));
const with_ = (total) => {
  const answers = { ...full };
  let less = 90 - total;
  for (const key of Object.keys(answers)) {
    const taken = Math.min(answers[key], less);
    answers[key] -= taken;
    less -= taken;
  }
  return answers;
};

test("the four parts have 32, 15, 28 and 15 points, and say what is still open", () => {
  assert.deepEqual(scale.parts.map((part) => partScore(part, full).points), [32, 15, 28, 15]);
  assert.deepEqual(partScore(scale.parts[1], { walking: 2 }), { points: 2, most: 15, answered: 1, left: 3 });
});

test("each grade begins where the standard says", () => {
  for (const [total, grade] of [[90, 0], [89, 1], [66, 1], [65, 2], [46, 2], [45, 3], [30, 3], [29, 4], [0, 4]]) {
    assert.equal(gradeOf(scale, with_(total), well, NOW).grade, grade, String(total));
  }
});

test("an open item leaves no grade, but a coma needs no answers", () => {
  const { eating, ...rest } = full;
  assert.equal(gradeOf(scale, rest, well, NOW), null);
  assert.deepEqual(gradeOf(scale, {}, { ...well, coma: true }, NOW), { total: 0, preliminary: 4, grade: 4, changes: ["coma"] });
  assert.equal(eating, 4);
});

test("however many reasons there are, the grade becomes one worse", () => {
  const falls = ["2026-11-01T00:00:00Z", "2026-11-20T00:00:00Z"].map((at) => ({ at, kind: "fall" }));
  const graded = gradeOf(scale, full, { ...well, dementia: true, mental_disorder: true, risk_events: falls }, NOW);
  assert.deepEqual([graded.preliminary, graded.grade, graded.changes.length], [0, 1, 3]);
  const old = [{ at: "2026-10-01T00:00:00Z", kind: "fall" }, falls[1]];
  assert.deepEqual(gradeOf(scale, full, { ...well, risk_events: old }, NOW).changes, []);
});

test("a local time is the same instant back, also where clocks change", () => {
  assert.equal(instantOf("2026-11-22T09:30", "Asia/Shanghai"), "2026-11-22T01:30:00.000Z");
  assert.equal(localText(Date.parse("2026-11-22T01:30:00Z"), "Asia/Shanghai"), "2026-11-22T09:30");
  assert.equal(instantOf("2026-07-01T00:00", "Europe/Berlin"), "2026-06-30T22:00:00.000Z");
});

test("days and months follow each other over the turn of the year", () => {
  assert.equal(addDays("2026-12-31", 1), "2027-01-01");
  assert.deepEqual(monthsBefore("2026-02-10", 3), ["2026-02", "2026-01", "2025-12"]);
});

test("an identity number says birthday and sex; what is none says nothing", () => {
  assert.deepEqual(bornAndSex("110105 19491231 002x"), { born: "1949-12-31", sex: "female" });
  assert.equal(bornAndSex("11010519490231002X"), null);
  assert.equal(bornAndSex("13800138000"), null);
});
