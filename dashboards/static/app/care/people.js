// @ts-check
/** Everybody in our care: found by a name, pinyin, telephone or the end of a number while one types. */
import { html, useState } from "../html.js";
import { query } from "../api.js";
import { t, tWord, nameOf } from "../language.js";
import { href } from "../router.js";
import { usePaged } from "../parts/paged.js";
import { Windowed } from "../parts/windowed.js";
import { problemWords } from "../wording.js";
import { CATEGORIES, GRADES, LIVING } from "./kinds.js";
import { Head, Traits, choices, useNode, useSettled } from "./parts.js";
import { Download } from "./download.js";
import { may } from "./may.js";

/** @typedef {{ id: number, name: string, sex: string, age: number | null, living: string, category: string, ability_grade: number | null,
 *   station: { id: number, name: string }, home: { id: number, code: string, address: string } | null, phone: string, left_on: string | null }} Listed */

/** @param {{ one: Listed }} props */
function Row({ one }) {
  return html`<a class="record person-record" href=${href("people", one.id)} data-testid="person-row" data-resident=${one.id}>
    <span class="record-name"><strong>${one.name}</strong> <span class="soft">${[one.age, one.sex && tWord("sex", one.sex)].filter(Boolean).join(" · ")}</span></span>
    <${Traits} one=${one} />
    <span class="record-place">${one.home?.address ?? ""} <span class="soft">${nameOf(one.station)}</span></span>
    <span class="record-phone">${one.phone}${one.left_on && html` <span class="chip">${t("people.left_on", { day: one.left_on })}</span>`}</span></a>`;
}

export function People() {
  const { station, chooser } = useNode({ any: true });
  const [wish, setWish] = useState({ q: "", category: "", living: "", grade: "", left: "" });
  const q = useSettled(wish.q, 120).trim();
  const list = /** @type {ReturnType<typeof usePaged<Listed>>} */ (usePaged(`/care/residents${query({ ...wish, q, station })}`));
  const change = (/** @type {string} */ name) => (/** @type {any} */ event) => setWish((before) => ({ ...before, [name]: event.target.value }));
  const filters = [["category", choices("category", CATEGORIES)], ["grade", choices("grade", GRADES)], ["living", choices("living", LIVING)]];
  return html`<section class="records people">
    <${Head} title=${t("care.people")}>
      ${may("set_care") && html`<a class="button primary" href=${href("people", "new")} data-testid="person-new">${t("people.add")}</a>`}
      ${may("take_in") && html`<a class="button" href=${href("import")} data-testid="to-import">${t("import.title")}</a>`}
      ${may("export") && html`<${Download} path=${`/care/export/residents${query({ station, format: "xlsx" })}`} name="residents.xlsx" words=${t("people.export")} />`}
      <div class="filters"><label class="search">${t("people.search")}<input type="search" autofocus value=${wish.q} onInput=${change("q")} data-testid="people-search" /></label>
      ${filters.map(([name, options]) => html`<label key=${name}>${t(`people.${/** @type {"category" | "grade" | "living"} */ (name)}`)}
        <select value=${wish[/** @type {"grade"} */ (name)]} onChange=${change(/** @type {string} */ (name))} data-testid=${`filter-${name}`}>
          <option value="">${t("people.any")}</option>
          ${/** @type {[string, string][]} */ (options).map(([value, words]) => html`<option key=${value} value=${value}>${words}</option>`)}</select></label>`)}
      <label>${t("people.which")}<select value=${wish.left} onChange=${change("left")}><option value="">${t("people.in_care")}</option><option value="true">${t("people.gone")}</option></select></label>
      ${chooser}</div>
    <//>
    <${Windowed} items=${list.items} rowRem=${3.6} more=${list.more} label=${t("care.people")} row=${(/** @type {Listed} */ one) => html`<${Row} one=${one} />`}>
      <p class="empty" data-testid="list-end">${list.error ? problemWords(list.error) : list.loading ? t("app.loading")
        : list.items.length ? list.next ? "" : t("people.end", { count: list.items.length }) : t("people.none")}</p>
    <//></section>`;
}
