// @ts-check
/** The device bench: a virtual device, its buttons, and the chain from its message to the screen. */
import { html, render, useEffect, useState } from "../html.js";
import { get, post } from "../api.js";
import { requireSession, session } from "../session.js";
import { Opening } from "../parts/opening.js";
import { startStore, setClock, state, serverNow } from "../live/store.js";
import { adoptZone } from "../live/zone.js";
import { t, tWord, pick, teach, language } from "../language.js";
import { BENCH } from "../../messages/bench.js";
import { seconds } from "../format.js";
import { problemWords } from "../wording.js";
import { useRemote } from "../parts/remote.js";
import { ConnectionSign, StaleBanner } from "../parts/connection.js";
import { LanguageSwitch } from "../parts/controls.js";
import { PriorityTile } from "../parts/tile.js";
import { comesFrom, links } from "./chain.js";

teach(BENCH);

/** @typedef {import("../../../types/contract.js").BenchDevice} Device */
/** @typedef {import("./chain.js").Press} Press */

const SHOWN = 60;
const LOOK_MS = 400;
const POWER = ["battery_flat", "on"];
/** What is pressed without an incident following at once. */
const AFTER = ["all_right", "need_help", "battery_low", "battery_flat", "on", "clear"];

function Bench() {
  document.title = `${t("bench.title")} · ${t("app.name")}`;
  return html`<header class="bench-head"><span class="brand">${t("app.name")}</span><a href="/board">${t("bench.to_board")}</a><${ConnectionSign} /><${LanguageSwitch} /></header>
    <${StaleBanner} /><main id="main"><h1>${t("bench.title")}</h1><p class="soft">${t("bench.about")}</p>
    ${session.value ? html`<${Devices} />` : html`<${Opening} />`}</main>`;
}

function Devices() {
  const { data, error, again } = useRemote("/bench/devices");
  const [chosen, choose] = useState("");
  const [wish, setWish] = useState("");
  if (error) return html`<p class="empty" role="alert">${error.status === 404 ? t("bench.none") : problemWords(error)}</p>`;
  if (!data) return html`<p class="empty">${t("app.loading")}</p>`;
  const all = /** @type {{ items: Device[] }} */ (data).items;
  if (!all.length) return html`<p class="empty">${t("bench.none")}</p>`;
  const said = (/** @type {Device} */ one) => `${one.code} ${one.resident?.name ?? ""} ${tWord("device", one.kind)} ${one.home?.code ?? ""}`;
  const found = all.filter((one) => said(one).toLowerCase().includes(wish.toLowerCase())).slice(0, SHOWN);
  const device = all.find((one) => one.code === chosen);
  return html`<div class="bench">
    <section class="card"><label>${t("bench.find")}<input type="search" value=${wish} onInput=${(/** @type {any} */ event) => setWish(event.target.value)} /></label>
      <ul class="bench-devices">${found.map((one) => html`<li key=${one.code}><button type="button" data-testid="bench-device" aria-pressed=${String(one.code === chosen)} onClick=${() => choose(one.code)}>
        <strong>${tWord("device", one.kind)}</strong> ${one.resident?.name ?? ""} <span class="soft">${one.code}</span></button></li>`)}</ul></section>
    ${device && html`<${Buttons} key=${device.code} device=${device} again=${again} />`}</div>`;
}

/** A flat battery says its last word first, and then the device is gone. */
const POWER_MS = 900;

/** @param {{ device: Device, again: () => void }} props */
function Buttons({ device, again }) {
  const [press, setPress] = useState(/** @type {Press | null} */ (null));
  const [problem, say] = useState("");
  const [pressed, remember] = useState("");
  const from = { code: device.code, home: device.home?.id ?? null, resident: device.resident?.id ?? null };
  const newest = press && [...state.value.active.values()].filter((one) => comesFrom(one, from, press.sentAt)).sort((a, b) => (a.detected_at < b.detected_at ? 1 : -1))[0];
  async function send(/** @type {string} */ what) {
    say("");
    try {
      const { sent_at: at } = await post(`/bench/devices/${encodeURIComponent(device.code)}/press`, { what });
      remember(what);
      if (POWER.includes(what)) setTimeout(again, POWER_MS);
      setPress({ code: device.code, sentAt: Date.parse(at), heardAt: null, incident: null, paintedAt: null });
    } catch (error) {
      say(problemWords(error));
    }
  }
  useHeard(press, setPress, from.home);
  usePainted(newest ?? null, setPress);
  return html`<section class="card"><h2>${tWord("device", device.kind)} ${device.resident?.name ?? ""} <span class="soft">${device.code}</span></h2>
    <div class="bench-buttons" role="group" aria-label=${t("bench.press")}>${device.presses.map((what) => html`<button key=${what} type="button" class="bench-press" data-testid=${`press-${what}`} onClick=${() => send(what)}>${tWord("press", what)}</button>`)}</div>
    <p role="alert" class="refusal">${problem}</p>
    ${press && html`<${Chain} press=${press} />`}
    ${press && !newest && AFTER.includes(pressed) && html`<p class="soft" data-testid="bench-after">${tWord("bench", `after_${pressed}`)}</p>`}</section>`;
}

/** Ask whether the platform has heard the device since. @param {Press | null} press @param {any} setPress @param {number | null} home */
function useHeard(press, setPress, home) {
  useEffect(() => {
    if (!press || press.heardAt) return undefined;
    const timer = setInterval(async () => {
      const page = await get(`/bench/devices${home === null ? "" : `?home=${home}`}`).catch(() => ({ items: [] }));
      const seen = Date.parse(page.items.find((/** @type {Device} */ one) => one.code === press.code)?.last_seen ?? "");
      if (seen >= press.sentAt - 1_500) setPress((/** @type {Press} */ now) => now && { ...now, heardAt: now.heardAt ?? seen });
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [press?.sentAt, press?.heardAt]);
}

/** Two frames after it was drawn it is on the screen. @param {import("../../../types/contract.js").Incident | null} incident @param {any} setPress */
function usePainted(incident, setPress) {
  useEffect(() => {
    if (!incident) return;
    setPress((/** @type {Press} */ now) => now && { ...now, incident });
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const at = serverNow();
      setPress((/** @type {Press} */ now) => now && { ...now, paintedAt: now.paintedAt ?? at });
    }));
  }, [incident?.id, incident?.version]);
}

/** @param {{ press: Press }} props */
function Chain({ press }) {
  return html`<h3>${t("bench.chain")}</h3><ol class="chain" data-testid="chain">${links(press).map(([name, at]) => html`<li key=${name} data-link=${name} data-lit=${String(at !== null)} class=${at === null ? "" : "is-lit"}>
      <span class="lamp" aria-hidden="true"></span><strong>${t(`bench.${name}`)}</strong> <span class="soft">${at === null ? t("bench.waiting") : `+${seconds(Math.max(0, (at - press.sentAt) / 1000), language.value)}`}</span></li>`)}</ol>
    ${press.incident && html`<p class="bench-incident"><${PriorityTile} incident=${press.incident} /> <strong>${pick(press.incident.title)}</strong> ${press.incident.resident?.name ?? ""}
      <a href=${`/board#/incident/${press.incident.id}`}>${t("bench.open")}</a></p>`}`;
}

async function start() {
  render(html`<${Bench} />`, /** @type {Element} */ (document.getElementById("app")));
  const opened = await requireSession();
  if (!opened) return;
  setClock(opened.server_time);
  adoptZone();
  startStore();
}

start();
