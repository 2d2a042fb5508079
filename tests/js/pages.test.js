import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { test } from "node:test";
import { PAGES, ROOT, entryOf, modulesOf, pageFile, withPreloads } from "../../dashboards/preload.js";

const BUDGET = 150_000; // bytes, compressed
const read = (path) => readFileSync(join(ROOT, "static", path));
const pages = PAGES.map((name) => [name, readFileSync(pageFile(name), "utf8")]);

for (const [name, page] of pages) {
  test(`${name}: names just the modules it needs (else run node dashboards/preload.js)`, () => {
    assert.equal(withPreloads(page), page);
  });

  test(`${name}: nothing inline, nothing from elsewhere`, () => {
    assert.ok(!/<style|style=|<script>|\son\w+="|https?:\/\//.test(page));
    for (const [, path] of page.matchAll(/(?:href|src)="\/static\/([^"]+)"/g)) assert.ok(read(path).length, path);
  });

  test(`${name}: the first load is small`, () => {
    const files = [...page.matchAll(/(?:href|src)="\/static\/([^"]+)"/g)].map((m) => m[1]);
    const needed = new Set([...files, ...modulesOf(entryOf(page))]);
    const bytes = [...needed].reduce((sum, path) => sum + gzipSync(read(path)).length, gzipSync(page).length);
    console.log(`${name}: ${bytes} bytes compressed in ${needed.size + 1} files`);
    assert.ok(bytes <= BUDGET, `${bytes} bytes`);
  });
}

test("every module is checked for types and imports only its neighbours", () => {
  const app = join(ROOT, "static", "app");
  for (const name of readdirSync(app, { recursive: true }).filter((path) => path.endsWith(".js"))) {
    const text = readFileSync(join(app, name), "utf8");
    assert.ok(text.startsWith("// @ts-check\n"), name);
    for (const [, from] of text.matchAll(/from "([^"]+)"/g)) assert.ok(from.startsWith("."), `${name}: ${from}`);
  }
});

test("the folder of scripts stays readable: no file of 400 lines", () => {
  for (const part of ["app", "messages", "style"]) {
    const folder = join(ROOT, "static", part);
    for (const name of readdirSync(folder, { recursive: true }).filter((path) => /\.(js|css)$/.test(path))) {
      assert.ok(readFileSync(join(folder, name), "utf8").split("\n").length < 400, name);
    }
  }
});
