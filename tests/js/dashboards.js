import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the pages. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "dashboards");

export const PAGES = readdirSync(join(ROOT, "pages")).filter((name) => name.endsWith(".html")).map((name) => name.slice(0, -5));

/** @param {string} name */
export const pageFile = (name) => join(ROOT, "pages", `${name}.html`);
