import assert from "node:assert/strict";
import { test } from "node:test";
import { apart, circleAround, holds, moved, pressed, squareAround, without } from "../../dashboards/static/app/board/shapes.js";
import { changes } from "../../dashboards/static/app/board/changes.js";
import { fromField, toField } from "../../dashboards/static/app/parts/local-time.js";

const HOME = [39.9, 116.4];

test("a circle moves to where the map is pressed, a polygon gets a corner on its nearest side", () => {
  const circle = circleAround(HOME, "home");
  assert.deepEqual(pressed(circle, [39.91234567, 116.4]).points, [[39.912346, 116.4]]);
  const square = squareAround(HOME, "park");
  const north = pressed(square, [39.906, 116.4]);
  assert.equal(north.points.length, 5);
  assert.deepEqual(north.points[1], [39.906, 116.4]);
});

test("the square is a kilometre wide, and a polygon keeps three corners", () => {
  const { points } = squareAround(HOME, "park");
  assert.ok(Math.abs(apart(points[0], points[1]) - 1000) < 2);
  let place = squareAround(HOME, "park");
  for (let n = 0; n < 4; n += 1) place = without(place, 0);
  assert.equal(place.points.length, 3);
  assert.deepEqual(moved(place, 0, [1, 2]).points[0], [1, 2]);
});

test("whether the home lies inside is told", () => {
  assert.ok(holds(circleAround(HOME, ""), HOME));
  assert.ok(!holds(circleAround([39.91, 116.4], ""), HOME));
  assert.ok(holds(squareAround(HOME, ""), [39.902, 116.404]));
  assert.ok(!holds(squareAround(HOME, ""), [39.902, 116.407]));
});

test("versions differ where they differ", () => {
  const before = { version: 1, priority: "low", variants: [{ steps: [{ tell: ["console"], after_s: 0 }] }] };
  const after = { version: 2, priority: "low", variants: [{ steps: [{ tell: ["console", "family"], after_s: 0 }, { tell: [], after_s: 60 }] }] };
  assert.deepEqual(changes(before, before), []);
  assert.deepEqual(changes(before, after).map(({ where, before: was, after: is }) => [where.join(" "), was, is]), [
    ["variants 1 steps 1 tell", "console", "console, family"],
    ["variants 1 steps 2 after_s", null, 60],
  ]);
});

test("a time in a form is the time on the station's wall", () => {
  assert.equal(toField("2026-11-22T03:30:00.000Z", "Asia/Shanghai"), "2026-11-22T11:30");
  assert.equal(fromField("2026-11-22T11:30", "Asia/Shanghai"), "2026-11-22T03:30:00.000Z");
  for (const field of ["2026-03-29T04:30", "2026-03-29T01:30", "2026-10-25T03:30", "2026-10-25T01:30", "2026-07-01T00:00"]) {
    assert.equal(toField(fromField(field, "Europe/Berlin"), "Europe/Berlin"), field);
  }
});
