import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PAGES, ROOT, pageFile } from "./dashboards.js";

const read = (path) => readFileSync(join(ROOT, "static", path));
const pages = PAGES.map((name) => [name, readFileSync(pageFile(name), "utf8")]);

for (const [name, page] of pages) {
  test(`${name}: nothing inline, nothing from elsewhere`, () => {
    assert.ok(!/<style|style=|<script>|\son\w+="|https?:\/\//.test(page));
    for (const [, path] of page.matchAll(/(?:href|src)="\/static\/([^"]+)"/g)) assert.ok(read(path).length, path);
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
