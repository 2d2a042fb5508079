// @ts-check
/** What all care pages are made of: heads, lists that load, tables, money and time. */
import { html, useEffect, useState } from "../html.js";
import { t, tWord, language, nameOf, isKey, teach } from "../language.js";
import { CARE_PERSON } from "../../messages/care-person.js";
import { CARE_WORK } from "../../messages/care-work.js";
import { CARE_FIGURES } from "../../messages/care-figures.js";
import { PHOTO } from "../../messages/photo.js";
import { problemWords } from "../wording.js";
import { href } from "../router.js";
import { useRemote } from "../parts/remote.js";
import { remember, remembered } from "../memory.js";
import { session } from "../session.js";
import { Icon } from "../parts/icon.js";

// Every section is made of these parts, so here the words of all of them are learned: after the first picture.
for (const area of [CARE_PERSON, CARE_WORK, CARE_FIGURES, PHOTO]) teach(area);

/** @param {{ title: string, back?: [string, string] | null, children?: unknown, about?: string }} props  back: [address, words] */
export function Head({ title, back = null, about = "", children }) {
  return html`<header class="records-head care-head">${back && html`<a class="back always" href=${back[0]}><${Icon} name="back" />${back[1]}</a>`}
    <h1>${title}</h1>${children}${about && html`<p class="soft about">${about}</p>`}</header>`;
}

/** What to show while something is not there. @param {{ remote: { data: any, error: any } }} props */
export function Waiting({ remote }) {
  if (remote.error && !remote.data) return html`<p class="empty" role="alert">${problemWords(remote.error)}</p>`;
  return remote.data ? null : html`<p class="empty" role="status">${t("app.loading")}</p>`;
}

/** @param {{ title: string, wide?: boolean, children?: unknown, testid?: string, act?: unknown }} props */
export function Card({ title, wide = false, children, testid, act }) {
  return html`<section class=${`card ${wide ? "wide" : ""}`} data-testid=${testid}><div class="card-head"><h2>${title}</h2>${act}</div>${children}</section>`;
}

/** A table that scrolls by itself when it is wider than the page. @param {{ label: string, heads: string[], rows: unknown[][], testid?: string }} props */
export function Table({ label, heads, rows, testid }) {
  return html`<div class="table-scroll" tabindex="0" role="group" aria-label=${label}><table data-testid=${testid}>
    <thead><tr>${heads.map((words, i) => (words ? html`<th key=${i} scope="col">${words}</th>` : html`<td key=${i}></td>`))}</tr></thead>
    <tbody>${rows.map((row, i) => html`<tr key=${i}>${row.map((cell, j) => (j ? html`<td key=${j}>${cell}</td>` : html`<th key=${j} scope="row">${cell}</th>`))}</tr>`)}</tbody></table></div>`;
}

/** @param {{ value: unknown, label: string, look?: string, testid?: string }} props */
export const Figure = ({ value, label, look = "", testid }) => html`<div class=${`figure ${look}`} data-testid=${testid}><b>${value}</b><span>${label}</span></div>`;

/** A share of a whole as a bar with its words beside it. @param {{ part: number, whole: number, words: string }} props */
export function Share({ part, whole, words }) {
  const full = whole > 0 && part >= whole;
  return html`<span class=${`share ${full ? "is-full" : ""}`}><span class="share-bar" aria-hidden="true"><i style=${{ width: `${whole ? (100 * part) / whole : 0}%` }}></i></span><span>${words}</span></span>`;
}

/** What somebody is: category, grade, living. @param {{ one: { category?: string | null, ability_grade?: number | null, living?: string } }} props */
export function Traits({ one }) {
  return html`<span class="traits">${one.category && html`<span class=${`chip category-${one.category}`}>${tWord("category", one.category)}</span>`}
    ${one.ability_grade != null && html`<span class="chip">${gradeName(one.ability_grade)}</span>`}${one.living && html`<span class="soft">${tWord("living", one.living)}</span>`}</span>`;
}

/** @param {number | null | undefined} grade */
export const gradeName = (grade) => (grade == null || grade < 0 ? t("care.not_assessed") : tWord("grade", String(grade)));

/** 1234 -> "¥12.34". @param {number} fen */
export const money = (fen) => new Intl.NumberFormat(language.value === "zh" ? "zh-CN" : "en-GB", { style: "currency", currency: "CNY", currencyDisplay: "narrowSymbol" }).format(fen / 100);

/** 95 -> "1 h 35 min"; less than nothing keeps its sign. @param {number} minutes */
export function hours(minutes) {
  const [whole, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const zh = language.value === "zh";
  const words = [whole && `${whole} ${zh ? "小时" : "h"}`, (rest || !whole) && `${rest} ${zh ? "分钟" : "min"}`].filter(Boolean).join(" ");
  return minutes < 0 ? `−${words}` : words;
}

/** What is typed, once the typing pauses. @template T @param {T} value @param {number} ms */
export function useSettled(value, ms) {
  const [settled, setSettled] = useState(value);
  useEffect(() => { const timer = setTimeout(() => setSettled(value), ms); return () => clearTimeout(timer); }, [value, ms]);
  return settled;
}

/** @typedef {{ id: number, name: string, name_en?: string, code?: string, level?: string, parent_id?: number | null, time_zone?: string }} Node */

/** The stations one may see, the chosen one, and the list to choose from. `any`: all of them together may be chosen. `leaf`: where people live, to begin with. @param {{ any?: boolean, leaf?: boolean }} [options] */
export function useNode({ any = false, leaf = false } = {}) {
  const { data } = useRemote("/stations?limit=200");
  const stations = /** @type {{ items: Node[] } | null} */ (data)?.items ?? [];
  const [wish, want] = useState(remembered("care.station") ?? "");
  const own = session.value?.grants.find((grant) => grant.station_id !== null)?.station_id;
  const found = stations.find((one) => String(one.id) === wish);
  const station = found?.id ?? (any ? null : first(stations, own ?? null, leaf)?.id ?? null);
  const choose = (/** @type {any} */ event) => { remember("care.station", event.target.value); want(event.target.value); };
  const chooser = stations.length > 1 ? html`<label>${t("care.station")}<select value=${station ?? ""} onChange=${choose} data-testid="station-choice">
    ${any && html`<option value="">${t("care.any_station")}</option>`}
    ${stations.map((one) => html`<option key=${one.id} value=${one.id}>${nameOf(one)}</option>`)}</select></label>` : null;
  return { station, stations, chooser, ready: data !== null };
}

/** The station somebody works for, or the first one; with `leaf` the first one where people live. @param {Node[]} stations @param {number | null} own @param {boolean} leaf */
function first(stations, own, leaf) {
  const mine = stations.find((one) => one.id === own);
  if (leaf && mine?.level !== "community") return stations.find((one) => one.level === "community") ?? mine ?? stations[0];
  return mine ?? stations[0];
}

/** @param {string} family @param {readonly string[]} words @returns {[string, string][]} to choose from */
export const choices = (family, words) => words.map((word) => [word, tWord(family, word)]);

/** @param {{ one: { id: number, name: string } }} props */
export const PersonLink = ({ one }) => html`<a href=${href("people", one.id)}>${one.name}</a>`;

/** The name of a thing the server names by a word, or in both languages. @param {string} family @param {string} word */
export const named = (family, word) => (isKey(`${family}.${word}`) ? tWord(family, word) : word.replaceAll("_", " "));
