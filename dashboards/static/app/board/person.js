// @ts-check
/** Beside an incident: the person, whom to call, how to get in, what to beware of, what happened before. */
import { html } from "../html.js";
import { t, tWord, pick, language } from "../language.js";
import { dayTime } from "../format.js";
import { href } from "../router.js";
import { CallLink } from "../parts/call.js";

/** @typedef {import("../../../types/contract.js").Incident} Incident */
/** @typedef {import("../../../types/contract.js").IncidentDetail} IncidentDetail */

/** @param {{ incident: Incident, detail: IncidentDetail }} props */
export function Person({ incident, detail }) {
  const own = detail.resident_detail?.phone;
  const contacts = [...detail.contacts].sort((a, b) => a.rank - b.rank);
  return html`<section class="card"><h3>${t("incident.contacts")}</h3>
      ${own && incident.resident && html`<${CallLink} name=${incident.resident.name} relation=${t("incident.resident_phone")} phone=${own} />`}
      ${contacts.map((contact) => html`<${CallLink} key=${`${contact.rank} ${contact.of}`} ...${contact} urgent=${incident.priority === "high"} />`)}
      ${!own && !contacts.length && html`<p class="soft">${t("incident.no_contacts")}</p>`}
    </section>
    <${About} detail=${detail} />
    <section class="card"><h3>${t("incident.recent")}</h3><${Recent} detail=${detail} /></section>`;
}

/** @param {{ detail: IncidentDetail }} props */
function About({ detail }) {
  const about = detail.resident_detail;
  const facts = about ? [
    about.age !== null && t("incident.age", { age: about.age }),
    about.living && tWord("living", about.living),
    about.ability_grade !== null && t("incident.grade", { grade: about.ability_grade }),
  ].filter(Boolean).join(" · ") : "";
  if (!facts && !about?.risks && !about?.medicines && !about?.allergies && !about?.doctor && !detail.access_note) return null;
  return html`<section class="card"><h3>${t("incident.who")}</h3>
    ${facts && html`<p>${facts}</p>`}
    <dl class="facts">
      ${about?.medicines && html`<dt>${t("incident.medicines")}</dt><dd>${about.medicines}</dd>`}
      ${about?.allergies && html`<dt>${t("incident.allergies")}</dt><dd class="risks">${about.allergies}</dd>`}
      ${about?.doctor && html`<dt>${t("incident.doctor")}</dt><dd>${about.doctor}</dd>`}
      ${about?.risks && html`<dt>${t("incident.risks")}</dt><dd class="risks">${about.risks}</dd>`}
      ${detail.access_note && html`<dt>${t("incident.access")}</dt><dd>${detail.access_note}</dd>`}
    </dl></section>`;
}

/** @param {{ detail: IncidentDetail }} props */
function Recent({ detail }) {
  if (!detail.recent.length) return html`<p class="soft">${t("incident.no_recent")}</p>`;
  return html`<ul class="plain">${detail.recent.map((one) => html`<li key=${one.id}>
    <a href=${href("incident", one.id)}>${pick(one.title)}</a>${" "}
    <span class="soft">${dayTime(one.onset, language.value)} · ${one.outcome ? tWord("outcome", one.outcome) : tWord("state", one.state)}</span>
  </li>`)}</ul>`;
}
