// @ts-check
/** The rooms of a home, each with its last movement; the last one, and where it happened, stand out. */
import { html } from "../html.js";
import { t, tWord, teach } from "../language.js";
import { INCIDENT } from "../../messages/incident.js";
import { useRemote } from "../parts/remote.js";
import { Icon } from "../parts/icon.js";
import { Ago } from "../parts/times.js";

teach(INCIDENT);

/** @typedef {import("../../../types/contract.js").Plan} Plan */

/** @param {{ resident: number, room?: string, mark?: unknown, heading?: string }} props  `room`: where it happened */
export function RoomPlan({ resident, room = "", mark = null, heading = "h3" }) {
  const { data, error } = useRemote(`/residents/${resident}/plan`, [mark]);
  const plan = /** @type {Plan | null} */ (data);
  if (error || !plan) return null; // a home without a plan says nothing here
  const latest = plan.rooms.map((one) => one.last_activity_at ?? "").reduce((a, b) => (a > b ? a : b), "");
  const heard = (/** @type {{ last_seen: string | null }[]} */ devices) => devices.map((one) => one.last_seen ?? "").reduce((a, b) => (a > b ? a : b), "");
  return html`<section class="card" data-testid="room-plan"><${heading}>${t("plan.title")}<//>
    ${!plan.rooms.length && html`<p class="soft">${t("plan.none")}</p>`}
    <ul class="rooms">${plan.rooms.map((one) => html`<li key=${one.room} class=${`room ${one.last_activity_at && one.last_activity_at === latest ? "is-latest" : ""} ${room && one.room === room ? "is-where" : ""}`}>
      <strong>${one.room ? tWord("room", one.room) : t("plan.worn")}</strong>
      <span>${one.last_activity_at ? html`<${Ago} key=${one.last_activity_at} instant=${one.last_activity_at} />`
        : !one.room && heard(one.devices) ? html`${t("plan.heard")}<${Ago} key=${heard(one.devices)} instant=${heard(one.devices)} />` : t("plan.never")}</span>
      ${room && one.room === room && html`<span class="room-mark"><${Icon} name="fall" />${t("plan.happened")}</span>`}
      ${one.last_activity_at && one.last_activity_at === latest && html`<span class="room-last">${t("plan.latest")}</span>`}
      <span class="soft">${one.devices.map((device) => tWord("device", device.kind)).join(", ")}</span></li>`)}</ul></section>`;
}
