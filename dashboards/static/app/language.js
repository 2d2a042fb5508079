// @ts-check
/** Chinese and English from one catalogue; the choice is remembered on this device. */
import { signal } from "./html.js";
import { COMMON } from "../messages/common.js";
import { WORDS } from "../messages/words.js";
import { remembered, remember } from "./memory.js";

/** @typedef {"zh" | "en"} Language */
/** @typedef {keyof typeof import("../messages/catalogue.js").CATALOGUE} Key */

/** What this page can say; each page, and each part fetched later, adds its own area. @type {Record<string, { zh: string, en: string }>} */
const known = { ...COMMON, ...WORDS };

/** @param {Readonly<Record<string, { zh: string, en: string }>>} area of the catalogue */
export const teach = (area) => { Object.assign(known, area); };

export const LANGUAGES = /** @type {const} */ (["zh", "en"]);

/** @type {import("../vendor/signals.js").Signal<Language>} */
export const language = signal(firstLanguage());

/** @returns {Language} */
function firstLanguage() {
  const chosen = remembered("language");
  if (chosen === "zh" || chosen === "en") return chosen;
  return navigator.language.startsWith("zh") ? "zh" : "en";
}

function mark() {
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
}
mark();

/** @param {Language} next */
export function setLanguage(next) {
  language.value = next;
  remember("language", next);
  mark();
}

/** The account's language counts until the reader has chosen one here. @param {string} accounts */
export function adoptLanguage(accounts) {
  if (remembered("language") || (accounts !== "zh" && accounts !== "en")) return;
  language.value = accounts;
  mark();
}

/**
 * The words for a key, with {name} replaced.
 * @param {Key} key
 * @param {Record<string, string | number>} [params]
 */
export function t(key, params) {
  const text = known[key]?.[language.value] ?? key;
  return params ? text.replace(/\{(\w+)\}/g, (_, name) => String(params[name] ?? "")) : text;
}

/** The words for a key made of a family and a word from the server; the word itself when it is new to us.
 * @param {string} family @param {string} word */
export function tWord(family, word) {
  const key = `${family}.${word}`;
  return key in known ? t(/** @type {Key} */ (key)) : word;
}

/** @param {string} key @returns {key is Key} */
export const isKey = (key) => key in known;

/** A text the server gives in both languages. @param {{ zh: string, en: string } | null | undefined} words */
export const pick = (words) => (words ? words[language.value] || words.zh || words.en : "");

/** @param {{ name: string, name_en?: string } | null} named */
export const nameOf = (named) => (language.value === "en" && named?.name_en) || named?.name || "";
