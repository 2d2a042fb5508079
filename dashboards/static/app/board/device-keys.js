// @ts-check
/** What a device proves itself with: since when, a claim code for it, and shutting it out. */
import { html, useState } from "../html.js";
import { post } from "../api.js";
import { t, language, teach } from "../language.js";
import { DEVICE_KEYS } from "../../messages/device-keys.js";
import { dayTime } from "../format.js";
import { problemWords } from "../wording.js";
import { useRemote } from "../parts/remote.js";
import { Note, useSaving } from "../parts/saving.js";
import { Sure } from "../parts/sure.js";
import { SpeaksForOthers } from "./found.js";

teach(DEVICE_KEYS);

/** @typedef {import("../../../types/contract.js").Device} Device */
/** @typedef {{ secret_since: string | null, old_until: string | null, claim_until: string | null, paused_until: string | null }} Keys */

/** @param {{ device: Device, close: () => void }} props */
export function DeviceKeys({ device, close }) {
  const path = `/devices/${device.id}/keys`;
  const { data, error, again } = useRemote(path);
  const { busy, said, save } = useSaving();
  const [made, setMade] = useState(/** @type {{ claim: string, qr: string } | null} */ (null));
  const keys = /** @type {Keys | null} */ (data);
  const claim = () => save(() => post(`${path}/claim`, {})).then((given) => { if (given) setMade(given); again(); });
  const revoke = () => save(() => post(`${path}/revoke`, {})).then(() => { setMade(null); again(); });
  const when = (/** @type {"since" | "old" | "claim_until" | "paused"} */ word, /** @type {string | null} */ at) => at && html`<li>${t(`keys.${word}`, { time: dayTime(at, language.value) })}</li>`;
  return html`<section class="card" data-testid="device-keys"><h2>${t("keys.title", { device: device.code })}</h2>
    ${error && html`<p role="alert">${problemWords(error)}</p>`}
    ${keys && html`<ul class="plain">${when("since", keys.secret_since) || html`<li>${t("keys.none")}</li>`}
      ${when("old", keys.old_until)}${when("claim_until", keys.claim_until)}${when("paused", keys.paused_until)}</ul>`}
    ${made && html`<p class="hint">${t("keys.once")}</p><p><strong data-testid="claim-code">${made.claim}</strong></p>
      <img src=${made.qr} width="200" height="200" alt=${t("keys.qr")} />`}
    <${SpeaksForOthers} device=${device.id} />
    <${Note} said=${said} />
    <span class="sure"><button type="button" disabled=${busy} data-testid="device-claim" onClick=${claim}>${t("keys.claim")}</button>
      <${Sure} words=${t("keys.revoke")} about=${device.code} run=${revoke} />
      <button type="button" onClick=${close}>${t("keys.close")}</button></span>
  </section>`;
}
