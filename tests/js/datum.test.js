import assert from "node:assert/strict";
import { test } from "node:test";
import { inChina, toGcj02, toWgs84 } from "../../dashboards/static/app/parts/datum.js";

const metres = ([a, b], [c, d]) => Math.hypot((a - c) * 111_320, (b - d) * 111_320 * Math.cos((a * Math.PI) / 180));

test("Tiananmen: the published example of the shift", () => {
  const [lat, lon] = toGcj02([39.908823, 116.39747]);
  assert.ok(metres([lat, lon], [39.910227, 116.403713]) < 2, `${lat}, ${lon}`);
});

test("the shift is some hundred metres in China and nothing elsewhere", () => {
  for (const point of [[31.2304, 121.4737], [35.41, 116.58], [30.59, 114.3]]) {
    const moved = metres(point, toGcj02(point));
    assert.ok(moved > 100 && moved < 900, `${point}: ${moved}`);
  }
  assert.deepEqual(toGcj02([48.137, 11.575]), [48.137, 11.575]);
  assert.equal(inChina([48.137, 11.575]), false);
});

test("there and back again is where it began", () => {
  for (const point of [[39.9, 116.4], [22.54, 114.06], [45.8, 126.53], [29.65, 91.1]]) {
    assert.ok(metres(toWgs84(toGcj02(point)), point) < 0.01, String(point));
  }
});
