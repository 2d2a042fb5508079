/**
 * Names in each page the modules that it needs at once, so that a browser fetches them together and not one after the
 * other. Run `node dashboards/preload.js` after adding an import; tests/js/pages.test.js fails until then.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(fileURLToPath(import.meta.url));
export const PAGES = ["login", "enter", "board", "family", "respond", "console", "bench"];

const IMPORT = /^(?:import|export)\s[^;]*?\sfrom\s*["']([^"']+)["']|\bimport\s*["']([^"']+)["']/gm;
const VENDOR_IMPORT = /\bfrom\s*["'](\.\/[^"']+)["']/g;

/** The modules that `entry` imports, itself last, as paths under /static. @param {string} entry */
export function modulesOf(entry) {
  const found = new Set();
  const visit = (path) => {
    if (found.has(path)) return;
    found.add(path);
    const text = readFileSync(join(ROOT, "static", path), "utf8");
    const pattern = path.startsWith("vendor/") ? VENDOR_IMPORT : IMPORT;
    for (const [, a, b] of text.matchAll(pattern)) visit(posix.join(posix.dirname(path), a ?? b));
  };
  visit(entry);
  return [...found];
}

/** @param {string} page the HTML @returns {string} the path of its script under /static */
export const entryOf = (page) => /<script type="module" src="\/static\/([^"]+)">/.exec(page)[1];

/** The page with the right list. @param {string} page */
export function withPreloads(page) {
  const entry = entryOf(page);
  const lines = modulesOf(entry).filter((path) => path !== entry)
    .map((path) => `  <link rel="modulepreload" href="/static/${path}">\n`).sort();
  const bare = page.replace(/ {2}<link rel="modulepreload"[^\n]*\n/g, "");
  return bare.replace("  <!-- modules -->\n", `  <!-- modules -->\n${lines.join("")}`);
}

/** @param {string} name */
export const pageFile = (name) => join(ROOT, "pages", `${name}.html`);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of PAGES) writeFileSync(pageFile(name), withPreloads(readFileSync(pageFile(name), "utf8")));
}
