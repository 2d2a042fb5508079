import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "./dashboards.js";

const folder = join(ROOT, "static", "vendor");
const { modules } = JSON.parse(readFileSync(join(ROOT, "vendor.json"), "utf8"));
const hash = (name) => createHash("sha256").update(readFileSync(join(folder, name))).digest("hex");

test("every vendored file is the one that was looked at, with its licence", () => {
  for (const module of modules) {
    assert.match(module.version, /^\d+\.\d+\.\d+$/, module.name);
    assert.equal(hash(module.licence_file), module.licence_sha256, module.licence_file);
    for (const { file, sha256 } of module.files) assert.equal(hash(file), sha256, file);
  }
});

test("nothing lies in the folder that is not listed (but our own type declarations)", () => {
  const listed = new Set(modules.flatMap((module) => [module.licence_file, ...module.files.map(({ file }) => file)]));
  for (const name of readdirSync(folder)) assert.ok(listed.has(name) || name.endsWith(".d.ts"), name);
});
