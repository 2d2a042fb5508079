// @ts-check
/** The form that begins a silence: a place, what is held, how long, why. */
import { html, useState } from "../html.js";
import { post, query } from "../api.js";
import { route } from "../router.js";
import { serverNow } from "../live/store.js";
import { t, tWord, nameOf } from "../language.js";
import { zoneInUse } from "../format.js";
import { useRemote } from "../parts/remote.js";
import { fromField } from "../parts/local-time.js";
import { Note, fieldsOf, useSaving } from "../parts/saving.js";
import { FindHome } from "./find-home.js";
import { useStation } from "./station-choice.js";

/** @typedef {import("../../../types/contract.js").Device} Device */
/** @typedef {import("./find-home.js").Home} Home */

/** What the server never silences, whatever is asked; and what belongs to no home. */
const NEVER = ["fall", "sos", "smoke", "co", "gas"];
const PLATFORM = ["platform_outage", "channel_failing", "roster_gap", "part_silent", "self_test", "self_test_failed"];
/** What work on devices sets off. */
const USUAL = ["offline", "home_offline", "tamper", "low_battery", "battery_forecast", "device_fault", "motion_unusable", "not_worn"];
const HOURS = /** @type {const} */ ([0.5, 1, 2, 4, 8, 24]);

/** @param {{ made: () => void }} props */
export function NewSilence({ made }) {
  const { station, stations } = useStation();
  const [wide, setWide] = useState(false);
  const [home, setHome] = useState(/** @type {Home | null} */ (null));
  const [hours, setHours] = useState("2");
  const { busy, said, say, save } = useSaving();
  async function submit(/** @type {SubmitEvent} */ event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const fields = fieldsOf(event);
    const device = Number(fields.get("device")) || null;
    const place = wide ? { station_id: Number(fields.get("station")) } : device ? { device_id: device } : { home_id: home?.id ?? null };
    if (!wide && !home) return say({ words: t("silence.place_needed"), bad: true });
    const until = hours ? new Date(serverNow() + Number(hours) * 3_600_000).toISOString() : fromField(String(fields.get("until")), zoneInUse());
    const wish = { ...place, kinds: fields.getAll("kinds"), until, reason: fields.get("reason") };
    if (!wish.kinds.length) return say({ words: t("silence.kinds_needed"), bad: true });
    if (!await save(() => post("/silences", wish), t("silence.begun"))) return;
    form.reset();
    made();
  }
  return html`<form class="form-column" onSubmit=${submit} data-testid="new-silence">
    <fieldset class="choice"><legend>${t("silence.where")}</legend>
      <label class="inline-check"><input type="radio" name="wide" checked=${!wide} onChange=${() => setWide(false)} />${t("silence.one_home")}</label>
      <label class="inline-check"><input type="radio" name="wide" checked=${wide} onChange=${() => setWide(true)} />${t("silence.whole_station")}</label></fieldset>
    ${wide ? html`<label>${t("form.station")}<select name="station" value=${station} required>${stations.map((one) => html`<option key=${one.id} value=${one.id}>${nameOf(one)}</option>`)}</select></label>`
      : html`<${FindHome} chosen=${home} choose=${setHome} first=${route.value[1] ?? ""} />${home && html`<${DeviceChoice} key=${home.id} home=${home.id} />`}`}
    <${Kinds} />
    <div class="form-grid"><label>${t("silence.how_long")}<select value=${hours} onChange=${(/** @type {any} */ event) => setHours(event.target.value)} data-testid="silence-hours">
      ${HOURS.map((one) => html`<option key=${one} value=${String(one)}>${one < 1 ? t("silence.half_hour") : t("silence.hours", { count: one })}</option>`)}
      <option value="">${t("silence.other_end")}</option></select></label>
    ${!hours && html`<label>${t("form.until")}<input type="datetime-local" name="until" required /></label>`}</div>
    <label>${t("form.reason")}<input name="reason" required maxlength="200" data-testid="silence-reason" /></label>
    <button type="submit" class="primary" disabled=${busy} data-testid="silence-begin">${t("silence.begin")}</button><${Note} said=${said} /></form>`;
}

/** @param {{ home: number }} props */
function DeviceChoice({ home }) {
  const devices = /** @type {{ items: Device[] } | null} */ (useRemote(`/devices${query({ home, limit: 200 })}`).data)?.items ?? [];
  return html`<label>${t("silence.what_there")}<select name="device" data-testid="silence-device"><option value="">${t("silence.whole_home")}</option>
    ${devices.map((one) => html`<option key=${one.id} value=${one.id}>${tWord("device", one.kind)} ${one.room && tWord("room", one.room)} ${one.code}</option>`)}</select></label>`;
}

function Kinds() {
  const kinds = /** @type {{ items: { kind: string }[] } | null} */ (useRemote("/policies/kinds").data)?.items ?? [];
  const may = kinds.map(({ kind }) => kind).filter((kind) => !NEVER.includes(kind) && !PLATFORM.includes(kind));
  const sorted = [...may].sort((a, b) => Number(USUAL.includes(b)) - Number(USUAL.includes(a)));
  return html`<fieldset class="days"><legend>${t("silence.kinds")}</legend>
    ${sorted.map((kind) => html`<label key=${kind} class="inline-check"><input type="checkbox" name="kinds" value=${kind} defaultChecked=${USUAL.includes(kind)} />${tWord("kind", kind)}</label>`)}
    <p class="soft">${t("silence.never")}</p></fieldset>`;
}
