// @ts-check
/** The tree: city, district, street, community; who answers for what, where, and when it is open. */
import { html, useState } from "../html.js";
import { patch, post, put } from "../api.js";
import { t, tWord, language, nameOf } from "../language.js";
import { href } from "../router.js";
import { useRemote } from "../parts/remote.js";
import { DotMap } from "../parts/map.js";
import { LEVELS } from "./kinds.js";
import { Card, Head, Waiting, choices } from "./parts.js";
import { Field, Refusal, onSubmit, useForm } from "./forms.js";
import { may } from "./may.js";

/** @typedef {{ weekday: number, from: string, until: string }} Opening */
/** @typedef {{ id: number, code: string, level: string, name: string, name_en: string, phone: string, time_zone: string, lat: number | null, lon: number | null, parent_id: number | null, hours?: Opening[], area?: [number, number][] | null, residents?: number }} Station */

export function Organisation() {
  const remote = useRemote("/stations?limit=200");
  const items = /** @type {{ items: Station[] } | null} */ (remote.data)?.items;
  const [open, setOpen] = useState(/** @type {number | null} */ (null));
  const chosen = open ?? items?.[0]?.id ?? null;
  return html`<section class="records scrolling"><${Head} title=${t("org.title")} back=${[href("more"), t("care.more")]} about=${t("org.about")} /><${Waiting} remote=${remote} />
    ${items && html`<div class="tree-columns"><${Card} title=${t("org.tree")} testid="tree"><${Branch} items=${items} parent=${null} chosen=${chosen} open=${setOpen} /><//>
      <div class="detail-main">${chosen !== null && html`<${Node} key=${chosen} id=${chosen} again=${remote.again} />`}</div></div>`}</section>`;
}

/** Roots are those whose parent is not in sight. @param {{ items: Station[], parent: number | null, chosen: number | null, open: (id: number) => void }} props */
function Branch({ items, parent, chosen, open }) {
  const known = new Set(items.map(({ id }) => id));
  const here = items.filter((one) => (parent === null ? one.parent_id == null || !known.has(one.parent_id) : one.parent_id === parent));
  if (!here.length) return null;
  return html`<ul class="tree">${here.map((one) => html`<li key=${one.id}><button type="button" class="quiet" aria-current=${one.id === chosen ? "true" : undefined} onClick=${() => open(one.id)} data-testid="tree-node">${nameOf(one)} <span class="chip">${tWord("org", one.level)}</span></button>
    ${parent !== one.id && html`<${Branch} items=${items} parent=${one.id} chosen=${chosen} open=${open} />`}</li>`)}</ul>`;
}

/** @param {{ id: number, again: () => void }} props */
function Node({ id, again }) {
  const remote = useRemote(`/care/stations/${id}`);
  const one = /** @type {Station | null} */ (remote.data);
  if (!one) return html`<${Waiting} remote=${remote} />`;
  const done = () => { remote.again(); again(); };
  return html`<${Facts} key=${JSON.stringify(one)} one=${one} done=${done} /><${Opening} key=${`h${JSON.stringify(one.hours)}`} one=${one} done=${done} /><${Area} key=${`a${JSON.stringify(one.area)}`} one=${one} done=${done} />
    ${may("run_station") && one.level !== "community" && html`<${Below} one=${one} done=${done} />`}`;
}

const EDITED = /** @type {const} */ (["name", "name_en", "phone", "lat", "lon"]);

/** @param {{ one: Station, done: () => void }} props */
function Facts({ one, done }) {
  const form = useForm({ name: one.name, name_en: one.name_en, phone: one.phone, lat: one.lat ?? "", lon: one.lon ?? "" });
  const { values } = form;
  const save = () => form.send(() => patch(`/care/stations/${one.id}`, { name: values.name, name_en: values.name_en, phone: values.phone, ...(values.lat === "" || values.lon === "" ? {} : { lat: Number(values.lat), lon: Number(values.lon) }) }), done);
  const labels = { name: t("org.name"), name_en: t("org.name_en"), phone: t("person.phone"), lat: t("org.lat"), lon: t("org.lon") };
  return html`<${Card} title=${`${nameOf(one)} · ${tWord("org", one.level)} · ${one.code}`} testid="station">${may("run_station") ? html`<form onSubmit=${onSubmit(save)}><div class="form-grid">
      ${EDITED.map((name) => html`<${Field} key=${name} form=${form} name=${name} label=${labels[name]} ...${name === "lat" || name === "lon" ? { type: "number", step: "any" } : {}} required=${name === "name"} />`)}</div><${Refusal} form=${form} /><button type="submit" disabled=${form.busy} data-testid="station-save">${t("care.save")}</button></form>`
    : html`<dl class="facts in-columns"><div><dt>${t("person.phone")}</dt><dd>${one.phone || "–"}</dd></div><div><dt>${t("org.zone")}</dt><dd>${one.time_zone}</dd></div></dl>`}<//>`;
}

/** @param {number} weekday 1 is Monday */
const dayName = (weekday) => new Intl.DateTimeFormat(language.value === "zh" ? "zh-CN" : "en-GB", { weekday: "long", timeZone: "UTC" }).format(new Date(Date.UTC(2024, 0, weekday)));

/** @param {{ one: Station, done: () => void }} props */
function Opening({ one, done }) {
  const [lines, setLines] = useState(one.hours ?? []);
  const form = useForm({});
  const set = (/** @type {number} */ at, /** @type {Partial<Opening>} */ what) => setLines(lines.map((line, i) => (i === at ? { ...line, ...what } : line)));
  const save = () => form.send(() => put(`/care/stations/${one.id}/hours`, { items: lines }), done);
  if (!may("run_station")) return html`<${Card} title=${t("org.hours")}><ul class="plain">${lines.map((line, i) => html`<li key=${i}>${dayName(line.weekday)} ${line.from} – ${line.until}</li>`)}</ul>${!lines.length && html`<p class="soft">${t("org.no_hours")}</p>`}<//>`;
  const time = (/** @type {number} */ i, /** @type {"from" | "until"} */ name) => html`<label>${t(name === "from" ? "org.from" : "org.until")}<input type="time" value=${lines[i][name]} onInput=${(/** @type {any} */ event) => set(i, { [name]: event.target.value })} /></label>`;
  return html`<${Card} title=${t("org.hours")} testid="hours">${lines.map((line, i) => html`<div key=${i} class="form-grid"><label>${t("org.weekday")}<select value=${line.weekday} onChange=${(/** @type {any} */ event) => set(i, { weekday: Number(event.target.value) })}>${[1, 2, 3, 4, 5, 6, 7].map((day) => html`<option key=${day} value=${day}>${dayName(day)}</option>`)}</select></label>
      ${time(i, "from")}${time(i, "until")}<button type="button" class="quiet" onClick=${() => setLines(lines.filter((_, other) => other !== i))}>${t("care.remove")}</button></div>`)}
    ${!lines.length && html`<p class="soft">${t("org.no_hours")}</p>`}<${Refusal} form=${form} />
    <p class="form-buttons"><button type="button" onClick=${() => setLines([...lines, { weekday: Math.min(7, (lines[lines.length - 1]?.weekday ?? 0) + 1), from: "08:00", until: "18:00" }])}>${t("org.hours_add")}</button>
      <button type="button" class="primary" disabled=${form.busy} onClick=${save} data-testid="hours-save">${t("care.save")}</button></p><//>`;
}

/** The area as a line of points, one "latitude, longitude" each. @param {{ one: Station, done: () => void }} props */
function Area({ one, done }) {
  const points = one.area ?? [];
  const form = useForm({ text: points.map(([lat, lon]) => `${lat}, ${lon}`).join("\n") });
  const read = () => String(form.values.text).split("\n").filter((line) => line.trim()).map((line) => line.split(/[,，\s]+/).filter(Boolean).map(Number));
  const save = () => form.send(() => put(`/care/stations/${one.id}/area`, { points: read(), datum: "wgs84" }), done);
  const dots = points.map(([lat, lon], i) => ({ id: `a${i}`, lat, lon, look: "station", words: String(i + 1) }));
  const lines = dots.map((dot, i) => /** @type {[typeof dot, typeof dot]} */ ([dot, dots[(i + 1) % dots.length]]));
  return html`<${Card} title=${t("org.area")} testid="area">${dots.length > 2 ? html`<${DotMap} dots=${dots} lines=${lines} words=${t("org.area_words", { count: dots.length })} />` : html`<p class="soft">${t("org.no_area")}</p>`}
    ${may("run_station") && html`<details><summary>${t("person.change")}</summary><form class="small-form" onSubmit=${onSubmit(save)}><${Field} form=${form} name="text" label=${t("org.points")} hint=${t("org.points_hint")} rows=${5} /><${Refusal} form=${form} /><button type="submit" disabled=${form.busy}>${t("care.save")}</button></form></details>`}<//>`;
}

/** @param {{ one: Station, done: () => void }} props */
function Below({ one, done }) {
  const levels = LEVELS.slice(LEVELS.indexOf(/** @type {"city"} */ (one.level)) + 1);
  const form = useForm({ level: levels[0] ?? "community", code: "", name: "", name_en: "", phone: "" });
  const save = () => form.send(() => post("/care/stations", { ...form.values, parent_id: one.id, time_zone: one.time_zone }), () => { form.all({ ...form.values, code: "", name: "", name_en: "", phone: "" }); done(); });
  return html`<${Card} title=${t("org.add", { name: nameOf(one) })}><form onSubmit=${onSubmit(save)} data-testid="station-form"><div class="form-grid"><${Field} form=${form} name="level" label=${t("org.level")} options=${choices("org", levels)} /><${Field} form=${form} name="code" label=${t("org.code")} hint=${t("org.code_hint")} required />
      <${Field} form=${form} name="name" label=${t("org.name")} required /><${Field} form=${form} name="name_en" label=${t("org.name_en")} /><${Field} form=${form} name="phone" label=${t("person.phone")} type="tel" /></div><${Refusal} form=${form} /><button type="submit" disabled=${form.busy}>${t("org.create")}</button></form><//>`;
}
