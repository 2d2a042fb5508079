import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "./dashboards.js";
import { BOARD } from "../../dashboards/static/messages/board.js";
import { KINDS } from "../../dashboards/static/messages/kinds.js";

const known = [...readFileSync(join(ROOT, "..", "core", "kind.py"), "utf8").matchAll(/^ {4}Kind\("(\w+)"/gm)].map((m) => m[1]);
const icons = readFileSync(join(ROOT, "static", "app", "parts", "icon.js"), "utf8");

test("every kind has its name, its own advice and its own picture", () => {
  assert.ok(known.length > 30);
  for (const kind of known) {
    assert.ok(`kind.${kind}` in KINDS, `name of ${kind}`);
    assert.ok(`advice.${kind}` in BOARD, `advice for ${kind}`);
    assert.match(icons, new RegExp(`^  ${kind}: "M`, "m"), `picture of ${kind}`);
  }
});
