// @ts-check
/** One resident: today, vital signs, devices, what happened, whom to call. */
import { html } from "../html.js";
import { query } from "../api.js";
import { state } from "../live/store.js";
import { roles } from "../session.js";
import { usePolled, useRemote } from "../parts/remote.js";
import { t, tWord, pick, language, teach } from "../language.js";
import { RECORDS } from "../../messages/records.js";
import { dayTime } from "../format.js";
import { href } from "../router.js";
import { Icon } from "../parts/icon.js";
import { Ago } from "../parts/times.js";
import { Rhythm } from "../parts/rhythm.js";
import { Looks } from "../parts/looks.js";
import { Trend } from "../parts/trend.js";
import { problemWords } from "../wording.js";
import { CallLink } from "../parts/call.js";
import { DeviceRow } from "./devices.js";
import { Invite } from "./invite.js";
import { may } from "../care/may.js";
import { Monitoring, maySetCare } from "./monitoring.js";
import { Places } from "./places.js";
import { Report } from "./report.js";
import { RoomPlan } from "./plan.js";
import { WellbeingSign } from "./residents.js";

teach(RECORDS);

/** @typedef {import("../../../types/contract.js").ResidentDetail} ResidentDetail */
/** @typedef {import("../../../types/contract.js").Today} Today */
/** @typedef {import("../../../types/contract.js").Incident} Incident */

const REFRESH_MS = 60_000;

/** @param {{ id: string }} props */
export function Resident({ id }) {
  const live = state.value.residents.get(Number(id));
  const { data, error } = useRemote(`/residents/${encodeURIComponent(id)}`);
  const detail = /** @type {ResidentDetail | null} */ (data);
  if (error) return html`<p class="empty" role="alert">${problemWords(error)}</p>`;
  if (!detail) return html`<p class="empty">${t("app.loading")}</p>`;
  const one = /** @type {ResidentDetail} */ ({ ...detail, ...live });
  return html`<article class="resident" data-testid="resident-page" data-resident=${id} data-state=${one.state}>
    <${Heading} one=${one} />
    <div class="detail-columns">
      <div class="detail-main">
        <${RoomPlan} heading="h2" resident=${one.id} mark=${one.last_activity_at} />
        <${TodayCard} id=${id} mark=${one.open_incidents} zone=${one.time_zone} />
        <section class="card"><h2>${t("resident.vitals")}</h2><${Trend} id=${id} /></section>
        <${Devices} one=${one} />
        <${Places} one=${one} />
      </div>
      <aside class="detail-side">
        <${Report} resident=${one} />
        <section class="card"><h2>${t("resident.contacts")}</h2>
          ${one.phone && html`<${CallLink} name=${one.name} relation=${t("incident.resident_phone")} phone=${one.phone} />`}
          ${one.contacts.map((contact) => html`<${CallLink} key=${contact.rank} ...${contact} />`)}
          ${!one.phone && !one.contacts.length && html`<p class="soft">${t("incident.no_contacts")}</p>`}
          ${(roles.value.has("operator") || roles.value.has("administrator")) && html`<${Invite} resident=${one} />`}
        </section>
        <${Monitoring} id=${id} />
        <${Past} id=${id} mark=${one.open_incidents} />
        ${may("see_looks") && html`<${Looks} id=${id} name=${one.name} zone=${one.time_zone} />`}
      </aside>
    </div>
  </article>`;
}

/** @param {{ one: ResidentDetail }} props */
function Heading({ one }) {
  const facts = [one.age !== null && t("incident.age", { age: one.age }), one.sex && tWord("sex", one.sex),
    one.living && tWord("living", one.living), one.ability_grade !== null && t("incident.grade", { grade: one.ability_grade })];
  return html`<header class="resident-head">
    <a class="back always" href=${href("residents")}><${Icon} name="back" />${t("nav.residents")}</a>
    <h1>${one.name} <${WellbeingSign} state=${one.state} /></h1>
    <p>${facts.filter(Boolean).join(" · ")} <span class="soft">${one.home?.address ?? ""} ${one.home?.code ?? ""}</span></p>
    <p>${t("residents.last")} ${one.last_activity_at
      ? html`<strong><${Ago} key=${one.last_activity_at} instant=${one.last_activity_at} /></strong>${one.last_room && t("resident.in_room", { room: tWord("room", one.last_room) })}`
      : t("residents.never")}</p>
    ${one.risks && html`<p class="risks">${one.risks}</p>`}
  </header>`;
}

/** @param {{ id: string, mark: number, zone: string }} props */
function TodayCard({ id, mark, zone }) {
  const { data } = usePolled(`/residents/${encodeURIComponent(id)}/today`, REFRESH_MS, [mark]);
  const today = /** @type {Today | null} */ (data);
  return html`<section class="card"><h2>${t("resident.today")}</h2>
    ${today && html`<p class="headline">${pick(today.headline)}</p><${Rhythm} today=${today} zone=${zone} />
      ${today.battery_low.length > 0 && html`<p class="soft">${t("resident.battery_low", { codes: today.battery_low.join(", ") })}</p>`}`}
  </section>`;
}

/** @param {{ one: ResidentDetail }} props */
function Devices({ one }) {
  return html`<section class="card devices-card"><h2>${t("resident.devices")}</h2>
    ${one.devices.length ? one.devices.map((device) => html`<${DeviceRow} key=${device.id} device=${device} />`) : html`<p class="soft">${t("resident.no_devices")}</p>`}
    ${maySetCare() && html`<p class="card-acts"><a class="button" href=${href("silences", one.id)}>${t("watching.silence")}</a></p>`}
  </section>`;
}

/** @param {{ id: string, mark: number }} props */
function Past({ id, mark }) {
  const { data } = useRemote(`/incidents${query({ state: "all", resident: id, limit: 10 })}`, [mark]);
  const items = /** @type {{ items: Incident[] } | null} */ (data)?.items ?? [];
  const latest = [...items].sort((a, b) => (a.onset < b.onset ? 1 : -1));
  return html`<section class="card"><h2>${t("resident.incidents")}</h2>
    ${data && !items.length && html`<p class="soft">${t("resident.no_incidents")}</p>`}
    <ul class="plain">${latest.map((one) => html`<li key=${one.id}>
      <a href=${href("incident", one.id)}>${pick(one.title)}</a>${" "}
      <span class="soft">${dayTime(one.onset, language.value)} · ${one.outcome ? tWord("outcome", one.outcome) : tWord("state", one.state)}</span></li>`)}</ul></section>`;
}
