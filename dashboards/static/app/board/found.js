// @ts-check
/** Devices of other systems that were heard: one click makes one a device of ours. */
import { html, useState } from "../html.js";
import { get, post, put, query } from "../api.js";
import { t, tWord, language, teach } from "../language.js";
import { FOUND } from "../../messages/found.js";
import { RECORDS } from "../../messages/records.js";
import { dayTime } from "../format.js";
import { usePaged } from "../parts/paged.js";
import { useRemote } from "../parts/remote.js";
import { Note, useSaving } from "../parts/saving.js";
import { ListEnd } from "./residents.js";

teach(RECORDS);
teach(FOUND);

/**
 * @typedef {{ id: number, source: string, tongue: string, foreign_id: string, name: string, model: string,
 *   says: Record<string, number>, seems: string, home: { id: number, code: string } | null, device: string | null,
 *   ignored: boolean, last_at: string, times: number }} Found
 */

/** @param {Record<string, number>} says */
const inWords = (says) => Object.entries(says).map(([name, value]) => `${name} ${Math.round(value * 100) / 100}`).join(" · ");

/** @param {{ one: Found, again: () => void }} props */
function Card({ one, again }) {
  const { busy, said, save } = useSaving();
  const [room, setRoom] = useState("");
  const [home, setHome] = useState("");
  const [made, setMade] = useState("");
  const path = `/found-devices/${one.id}`;
  const wish = { room, ...(home ? { home_id: Number(home) } : {}) };
  const take = () => save(() => post(`${path}/assign`, wish)).then((given) => { if (given) setMade(given.code); });
  const leave = (/** @type {string} */ word) => save(() => post(`${path}/${word}`, {})).then(again);
  const typed = (/** @type {(text: string) => void} */ set) => (/** @type {any} */ event) => set(event.target.value);
  const kind = tWord("device", one.seems);
  return html`<li class="card" data-testid="found-device" data-id=${one.foreign_id}>
    <p><strong>${one.name || one.foreign_id}</strong> <span class="soft">${one.model}</span></p>
    <p>${inWords(one.says)}</p>
    <p class="soft">${one.tongue} · ${one.source}${one.home ? ` · ${one.home.code}` : ""} · ${t("found.heard", { count: one.times, time: dayTime(one.last_at, language.value) })}</p>
    ${made ? html`<p role="status" data-testid="found-taken">${t("found.taken", { code: made })}</p>`
      : one.device || one.ignored ? html`<p>${one.device ? t("found.as", { code: one.device }) : t("found.ignored")}
          <button type="button" disabled=${busy} onClick=${() => leave("forget")}>${t("found.forget")}</button></p>`
      : html`<p class="fields"><label>${t("found.room")}<input value=${room} maxlength="60" onInput=${typed(setRoom)} /></label>
          ${!one.home && html`<label>${t("found.home")}<input inputmode="numeric" value=${home} onInput=${typed(setHome)} /></label>`}</p>
        <p><button type="button" class="primary" disabled=${busy} data-testid="found-take" onClick=${take}>${t("found.take", { kind })}</button>
          <button type="button" disabled=${busy} data-testid="found-ignore" onClick=${() => leave("ignore")}>${t("found.ignore")}</button></p>`}
    <${Note} said=${said} />
  </li>`;
}

/** One list of them, made anew when something left it. @param {{ unnamed: string, again: () => void }} props */
function Cards({ unnamed, again }) {
  const list = usePaged(`/found-devices${query({ unnamed })}`);
  return html`<ul class="plain">${/** @type {Found[]} */ (list.items).map((one) => html`<${Card} key=${one.id} one=${one} again=${again} />`)}</ul>
    ${list.next ? html`<button type="button" onClick=${list.more}>${t("app.more")}</button>`
      : !list.items.length && html`<${ListEnd} list=${list} empty=${t("found.empty")} end="" />`}`;
}

export function FoundDevices() {
  const [unnamed, setUnnamed] = useState("true");
  const [round, setRound] = useState(0);
  return html`<section class="records scrolling">
    <header class="records-head"><h1>${t("found.title")}</h1>
      <label>${t("found.show")}<select value=${unnamed} onChange=${(/** @type {any} */ event) => setUnnamed(event.target.value)}>
        <option value="true">${t("found.unnamed")}</option><option value="false">${t("found.named")}</option></select></label>
      <p class="soft about">${t("found.about")}</p>
    </header>
    <${Cards} key=${`${unnamed}/${round}`} unnamed=${unnamed} again=${() => setRound(round + 1)} />
  </section>`;
}

/** Whether a device may speak for others, and the switch. @param {{ device: number }} props */
export function SpeaksForOthers({ device }) {
  const path = `/devices/${device}/foreign`;
  const { data, again } = useRemote(path);
  const { busy, said, save } = useSaving();
  const allowed = /** @type {{ allowed: boolean } | null} */ (data)?.allowed;
  if (allowed === undefined) return null;
  const change = () => save(() => put(path, { allowed: !allowed }).then(() => get(path))).then(again);
  return html`<p><button type="button" disabled=${busy} aria-pressed=${String(allowed)} data-testid="foreign-right" onClick=${change}>${
    t(allowed ? "found.forbid" : "found.allow")}</button></p><${Note} said=${said} />`;
}
