// @ts-check
/** Where somebody lives: how to get in, rooms, and what hangs where since when and what hung there before. */
import { html, useState } from "../html.js";
import { patch, post } from "../api.js";
import { t, tWord, language } from "../language.js";
import { dayTime, shortDay } from "../format.js";
import { useRemote } from "../parts/remote.js";
import { Card, Table, Waiting } from "./parts.js";
import { Field, Refusal, onSubmit, useForm } from "./forms.js";
import { may } from "./may.js";

/** @typedef {import("./person.js").File} File */
/** @typedef {{ id: number, code: string, address: string, access_note: string, lat: number | null, lon: number | null, rooms: string[], residents: { id: number, name: string }[] }} Home */

/** @param {{ one: File, again: () => void }} props */
export function HomeCard({ one, again }) {
  if (!one.home) return html`<${Card} title=${t("person.home")}><p class="soft">${t("person.no_home")}</p><//>`;
  return html`<${Inside} one=${one} id=${one.home.id} again=${again} />`;
}

/** @param {{ one: File, id: number, again: () => void }} props */
function Inside({ one, id, again }) {
  const remote = useRemote(`/care/homes/${id}`);
  const home = /** @type {Home | null} */ (remote.data);
  const [changing, change] = useState(false);
  const button = may("set_care") && home && !changing && html`<button type="button" class="quiet" onClick=${() => change(true)} data-testid="home-change">${t("person.change")}</button>`;
  return html`<${Card} title=${t("person.home")} act=${button} testid="home"><${Waiting} remote=${remote} />
    ${home && (changing ? html`<${ChangeHome} home=${home} done=${() => { change(false); remote.again(); again(); }} />` : html`<dl class="facts in-columns">
      <div><dt>${t("person.address")}</dt><dd>${home.address} <span class="soft">${home.code}</span></dd></div>
      <div><dt>${t("person.access_note")}</dt><dd class="written">${home.access_note || t("person.nothing")}</dd></div>
      <div><dt>${t("person.rooms")}</dt><dd>${home.rooms.map((room) => tWord("room", room)).join(" · ") || t("person.nothing")}</dd></div>
      <div><dt>${t("person.also_here")}</dt><dd>${home.residents.filter((who) => who.id !== one.id).map(({ name }) => name).join(", ") || t("person.nobody_else")}</dd></div></dl>`)}
    <${Devices} one=${one} />
    ${may("set_care") && html`<${Install} one=${one} home=${id} again=${again} />`}
    <${Before} one=${one} /><//>`;
}

/** @param {{ home: Home, done: () => void }} props */
function ChangeHome({ home, done }) {
  const form = useForm({ address: home.address, access_note: home.access_note, rooms: home.rooms.join(", "), lat: home.lat ?? "", lon: home.lon ?? "" });
  const save = () => {
    const { rooms, lat, lon, ...texts } = form.values;
    const place = lat === "" || lon === "" ? {} : { lat: Number(lat), lon: Number(lon) };
    return form.send(() => patch(`/care/homes/${home.id}`, { ...texts, ...place, rooms: rooms.split(/[,，、]/).map((room) => room.trim()).filter(Boolean) }), done);
  };
  return html`<form class="small-form" onSubmit=${onSubmit(save)}><${Field} form=${form} name="address" label=${t("person.address")} required />
    <${Field} form=${form} name="access_note" label=${t("person.access_note")} /><${Field} form=${form} name="rooms" label=${t("person.rooms")} hint=${t("person.rooms_hint")} />
    <div class="form-grid"><${Field} form=${form} name="lat" label=${t("org.lat")} type="number" step="any" /><${Field} form=${form} name="lon" label=${t("org.lon")} type="number" step="any" /></div>
    <${Refusal} form=${form} /><p class="form-buttons"><button type="submit" class="primary" disabled=${form.busy}>${t("care.save")}</button><button type="button" onClick=${done}>${t("care.cancel")}</button></p></form>`;
}

/** @param {{ one: File }} props */
function Devices({ one }) {
  if (!one.devices.length) return html`<p class="soft">${t("person.no_devices")}</p>`;
  return html`<${Table} label=${t("person.devices")} heads=${[t("person.device"), t("person.where"), t("person.worn_by"), t("person.since")]} rows=${one.devices.map((device) => [
    html`${tWord("device", device.kind)} <span class="soft">${device.code}</span>`, [device.room && tWord("room", device.room), device.site && tWord("site", device.site)].filter(Boolean).join(" · ") || "–",
    device.resident_id === one.id ? one.name : device.resident_id ? t("person.somebody_else") : "–", dayTime(device.since, language.value)])} />`;
}

/** Hangs a device here; one that hangs elsewhere moves. @param {{ one: File, home: number, again: () => void }} props */
function Install({ one, home, again }) {
  const form = useForm({ code: "", kind: "wearable", room: "", worn: "" });
  const [secret, setSecret] = useState("");
  const save = () => form.send(() => post(`/care/homes/${home}/devices`, { code: form.values.code, kind: form.values.kind, room: form.values.room, ...(form.values.worn ? { resident_id: one.id } : {}) }),
    (made) => { setSecret(made.secret ?? ""); form.set("code", ""); again(); });
  const kinds = ["wearable", "presence", "door", "bed", "appliance", "button", "smoke", "gas", "water", "cuff", "hub"].map((kind) => /** @type {[string, string]} */ ([kind, tWord("device", kind)]));
  return html`<details><summary>${t("person.install")}</summary><form class="small-form" onSubmit=${onSubmit(save)}><div class="form-grid">
      <${Field} form=${form} name="code" label=${t("person.device_code")} required autocomplete="off" /><${Field} form=${form} name="kind" label=${t("person.device")} options=${kinds} />
      <${Field} form=${form} name="room" label=${t("person.room")} /><${Field} form=${form} name="worn" label=${t("person.worn_by")} options=${[["", "–"], ["yes", one.name]]} /></div>
    <${Refusal} form=${form} />${secret && html`<p role="status" class="secret">${t("person.secret")} <code>${secret}</code></p>`}
    <p><button type="submit" disabled=${form.busy}>${t("person.install")}</button></p></form></details>`;
}

/** @typedef {{ residences: { home: { code: string, address: string } | null, since: string, until: string | null }[], devices: { device: { code: string, kind: string, room: string, site: string, since: string }, until: string | null }[] }} History */

/** Periods are never rewritten: who lived where and wore what when. @param {{ one: File }} props */
function Before({ one }) {
  const [open, setOpen] = useState(false);
  return html`<details onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)}><summary>${t("person.history")}</summary>${open && html`<${Periods} id=${one.id} />`}</details>`;
}

/** @param {{ id: number }} props */
function Periods({ id }) {
  const remote = useRemote(`/care/residents/${id}/history`);
  const past = /** @type {History | null} */ (remote.data);
  if (!past) return html`<${Waiting} remote=${remote} />`;
  const during = (/** @type {string} */ since, /** @type {string | null} */ until) => `${shortDay(since, language.value)} – ${until ? shortDay(until, language.value) : t("person.until_now")}`;
  return html`<${Table} label=${t("person.history")} heads=${[t("person.what"), t("person.where"), t("person.period")]} rows=${[
    ...past.residences.map((one) => [t("person.home"), one.home?.address || one.home?.code || "–", during(one.since, one.until)]),
    ...past.devices.map(({ device, until }) => [`${tWord("device", device.kind)} ${device.code}`, [device.room && tWord("room", device.room), device.site && tWord("site", device.site)].filter(Boolean).join(" · ") || "–", during(device.since, until)])]} />`;
}
