import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "./dashboards.js";
import { CATALOGUE } from "../../dashboards/static/messages/catalogue.js";

const app = join(ROOT, "static", "app");
const source = readdirSync(app, { recursive: true }).filter((name) => name.endsWith(".js"))
  .map((name) => readFileSync(join(app, name), "utf8")).join("\n");
const areas = readdirSync(join(ROOT, "static", "messages")).map((name) => name.slice(0, -3)).filter((name) => name !== "catalogue");

/** Keys made at run time: t(`priority.${x}`), tWord("state", x). */
const families = new Set([...source.matchAll(/t\(`(\w+)\.\$\{/g), ...source.matchAll(/(?:tWord|choices|named)\("(\w+)"/g), ...source.matchAll(/`(\w+)\.\$\{/g)].map((m) => m[1]));
const literal = new Set([...source.matchAll(/"([a-z]+\.[a-z0-9_-]+)"/g)].map((m) => m[1]));

test("every key has words in both languages, with the same blanks to fill in", () => {
  for (const [key, words] of Object.entries(CATALOGUE)) {
    assert.deepEqual(Object.keys(words).sort(), ["en", "zh"], key);
    assert.ok(words.zh.trim() && words.en.trim(), key);
    const blanks = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
    assert.deepEqual(blanks(words.zh), blanks(words.en), `blanks of ${key}`);
  }
});

test("Chinese is Chinese and English is English", () => {
  const exempt = new Set(["language.switch", "language.switch_label"]);
  for (const [key, { zh, en }] of Object.entries(CATALOGUE)) {
    if (exempt.has(key)) continue;
    if (/\p{Letter}/u.test(zh.replace(/\{\w+\}/g, ""))) assert.ok(/\p{Script=Han}/u.test(zh), `${key}: ${zh}`);
    assert.ok(!/\p{Script=Han}/u.test(en), `${key}: ${en}`);
  }
});

test("no key is written in two files", async () => {
  const seen = new Map();
  for (const area of areas) {
    const [table] = Object.values(await import(`../../dashboards/static/messages/${area}.js`));
    for (const key of Object.keys(table)) {
      assert.equal(seen.get(key), undefined, `${key} is in ${seen.get(key)} and in ${area}`);
      seen.set(key, area);
    }
  }
});

test("every key used exists", () => {
  const used = [...source.matchAll(/\bt\(\s*"([^"]+)"/g)].map((m) => m[1]);
  assert.ok(used.length > 100);
  for (const key of used) assert.ok(key in CATALOGUE, key);
});

test("every key is used", () => {
  const silent = Object.keys(CATALOGUE).filter((key) => !literal.has(key) && !families.has(key.split(".")[0]));
  assert.deepEqual(silent, []);
});
