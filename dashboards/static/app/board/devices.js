// @ts-check
/** Every device: is it heard, how full is its battery, how good is its signal. */
import { html, useState } from "../html.js";
import { query } from "../api.js";
import { t, tWord, teach } from "../language.js";
import { RECORDS } from "../../messages/records.js";
import { percent } from "../format.js";
import { usePaged } from "../parts/paged.js";
import { Windowed } from "../parts/windowed.js";
import { Ago } from "../parts/times.js";
import { DeviceKeys } from "./device-keys.js";
import { ListEnd } from "./residents.js";

teach(RECORDS);

/** @typedef {import("../../../types/contract.js").Device} Device */

const LOW_BATTERY = 0.2;

/** @param {{ online: boolean | null }} props */
function OnlineSign({ online }) {
  const word = online === null ? "never" : online ? "online" : "offline";
  return html`<span class=${`online is-${word}`}><span class="lamp" aria-hidden="true"></span>${t(`devices.${word}`)}</span>`;
}

/** Bars say the strength at a glance; the number is the truth. @param {{ rssi: number | null }} props */
function Signal({ rssi }) {
  if (rssi === null) return html`<span class="soft">–</span>`;
  const bars = rssi > -60 ? 4 : rssi > -70 ? 3 : rssi > -82 ? 2 : 1;
  return html`<span class=${`signal bars-${bars}`}><i></i><i></i><i></i><i></i> ${Math.round(rssi)} dBm</span>`;
}

/** @param {{ device: Device, open?: (device: Device) => void }} props */
export function DeviceRow({ device, open }) {
  const low = device.battery !== null && device.battery < LOW_BATTERY;
  const place = [device.resident?.name, device.room && tWord("room", device.room), device.site].filter(Boolean).join(" · ");
  return html`<div class="record device-record" data-testid="device-row" data-device=${device.code} data-online=${String(device.online)}>
    <span class="record-name"><strong>${tWord("device", device.kind)}</strong> <span class="soft">${device.code}</span></span>
    <${OnlineSign} online=${device.online} />
    <span class="record-place">${place} <span class="soft">${device.home?.code ?? ""}</span></span>
    <span class="record-last">${device.last_seen ? html`<${Ago} key=${device.last_seen} instant=${device.last_seen} />` : html`<span class="soft">–</span>`}</span>
    <span class=${low ? "battery low" : "battery"}>${device.battery !== null && html`<meter min="0" max="1" low="0.2" value=${device.battery} aria-label=${t("devices.battery")}></meter>`} ${percent(device.battery)}</span>
    <${Signal} rssi=${device.rssi} />
    <span class="soft record-version">${device.model} ${device.firmware}
      ${open && html`<button type="button" aria-label=${`${t("keys.open")}: ${device.code}`} data-testid="device-keys-open" onClick=${() => open(device)}>${t("keys.open")}</button>`}</span>
  </div>`;
}

export function Devices() {
  const [online, setOnline] = useState("");
  const list = usePaged(`/devices${query({ online })}`);
  const [chosen, choose] = useState(/** @type {Device | null} */ (null));
  return html`<section class="records">
    <header class="records-head"><h1>${t("devices.title")}</h1>
      <label>${t("devices.filter")}<select value=${online} onChange=${(/** @type {any} */ event) => setOnline(event.target.value)} data-testid="device-filter">
        <option value="">${t("devices.all")}</option>
        <option value="true">${t("devices.online")}</option>
        <option value="false">${t("devices.offline")}</option>
      </select></label>
    </header>
    ${chosen && html`<${DeviceKeys} key=${chosen.id} device=${chosen} close=${() => choose(null)} />`}
    <div class="columns device-record" aria-hidden="true"><span>${t("devices.code")}</span><span>${t("devices.filter")}</span>
      <span>${t("devices.where")}</span><span>${t("devices.seen")}</span><span>${t("devices.battery")}</span>
      <span>${t("devices.signal")}</span><span>${t("devices.firmware")}</span></div>
    <${Windowed} items=${list.items} rowRem=${3.6} more=${list.more} label=${t("devices.title")}
      row=${(/** @type {Device} */ device) => html`<${DeviceRow} device=${device} open=${choose} />`}>
      <${ListEnd} list=${list} empty=${t("devices.empty")} end=${t("devices.end", { count: list.items.length })} />
    <//>
  </section>`;
}
