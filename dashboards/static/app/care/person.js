// @ts-check
/** One person's file: who, how they live, whom to call, what they agreed to, what was done. */
import { html } from "../html.js";
import { query } from "../api.js";
import { t, tWord, language, nameOf } from "../language.js";
import { href } from "../router.js";
import { useRemote } from "../parts/remote.js";
import { Looks } from "../parts/looks.js";
import { dayTime, shortDay } from "../format.js";
import { Traits, Waiting, gradeName } from "./parts.js";
import { Consents, Contacts, Health, Identity } from "./person-cards.js";
import { HomeCard } from "./person-home.js";
import { Adaptations, Assessments, Changes, Orders, VisitsOf } from "./person-past.js";
import { Leaving, Moving } from "./person-moves.js";
import { Forgetting } from "./person-forget.js";
import { Download } from "./download.js";
import { may } from "./may.js";

/** @typedef {{ id: number | null, name: string, relation: string, phone: string | null, quiet_from: string | null, quiet_until: string | null }} Contact */
/** @typedef {import("./people.js").Listed & { version: number, born: string | null, identity: string, risks: string, medicines: string, allergies: string, doctor: string, key_note: string,
 *   category_set: boolean, left_why: string, contacts: Contact[], consents: { purpose: string, given_at: string | null, withdrawn_at: string | null, outdated: boolean, holds: boolean }[],
 *   devices: { id: number, code: string, kind: string, room: string, site: string, since: string, resident_id: number | null }[], assessed_at: string | null, time_zone: string }} File */

/** @param {{ id: string }} props */
export function Person({ id }) {
  const remote = useRemote(`/care/residents/${encodeURIComponent(id)}`);
  const one = /** @type {File | null} */ (remote.data);
  if (!one) return html`<${Waiting} remote=${remote} />`;
  const { again } = remote;
  return html`<article class="resident" data-testid="person-page" data-resident=${one.id}>
    <${Heading} one=${one} />
    <div class="detail-columns">
      <div class="detail-main">
        <${Health} one=${one} />
        <${HomeCard} one=${one} again=${again} />
        <${VisitsOf} one=${one} />
        <${Assessments} one=${one} />
        <${Orders} one=${one} />
        <${Adaptations} one=${one} />
      </div>
      <aside class="detail-side">
        <${Identity} one=${one} />
        <${Contacts} one=${one} again=${again} />
        <${Consents} one=${one} again=${again} />
        <${Changes} one=${one} />
        ${may("see_looks") && html`<${Looks} id=${one.id} name=${one.name} zone=${one.time_zone} />`}
        ${may("set_care") && html`<section class="card"><h2>${t("person.moves")}</h2><${Moving} one=${one} again=${again} /><${Leaving} one=${one} again=${again} />${one.left_on !== null && may("erase") && html`<${Forgetting} one=${one} again=${again} />`}</section>`}
      </aside>
    </div></article>`;
}

/** @param {{ one: File }} props */
function Heading({ one }) {
  const facts = [one.age !== null && t("person.age", { age: one.age }), one.sex && tWord("sex", one.sex), nameOf(one.station)].filter(Boolean);
  const here = one.left_on === null;
  return html`<header class="resident-head"><a class="back always" href=${href("people")}>‹ ${t("care.people")}</a>
    <h1>${one.name} <${Traits} one=${one} />${!here && html`<span class="chip is-gone">${t("people.left_on", { day: one.left_on ?? "" })}</span>`}</h1>
    <p>${facts.join(" · ")} <span class="soft">${one.home?.address ?? t("person.no_home")}</span></p>
    <${NextVisit} one=${one} />
    ${one.risks && html`<p class="risks">${one.risks}</p>`}
    <p class="acts">
      ${here && may("record_visits") && html`<a class="button primary" href=${href("people", one.id, "visit")} data-testid="to-visit">${t("visit.record")}</a>`}
      ${here && may("assess") && html`<a class="button" href=${href("people", one.id, "assess")} data-testid="to-assess">${t("assess.start")}</a>`}
      ${here && may("run_services") && html`<a class="button" href=${href("people", one.id, "service")} data-testid="to-service">${t("service.ask")}</a>`}
      ${may("set_care") && html`<a class="button" href=${href("people", one.id, "change")} data-testid="to-change">${t("person.change")}</a>`}
      ${may("set_care") && html`<a class="button" href=${`/board#/residents/${one.id}`} data-testid="to-live">${t("person.live")}</a>`}
      ${may("see_contacts") && html`<${Download} path=${`/care/residents/${one.id}/handover${query({ format: "pdf", language: language.value })}`} name=${`handover-${one.id}.pdf`} words=${t("person.handover_pdf")} testid="handover-pdf" />
        <${Download} path=${`/care/residents/${one.id}/handover${query({ format: "fhir", language: language.value })}`} name=${`handover-${one.id}.json`} words=${t("person.handover_fhir")} />`}
      ${may("export") && html`<${Download} path=${`/care/residents/${one.id}/everything`} name=${`everything-${one.id}.zip`} words=${t("person.everything")} testid="everything" />`}</p></header>`;
}

/** @param {{ one: File }} props */
function NextVisit({ one }) {
  const { data } = useRemote(`/care/residents/${one.id}/next-visit`);
  const next = /** @type {{ by: string, why: string, overdue: boolean, last: string | null } | null} */ (data);
  if (!next || one.left_on !== null) return null;
  return html`<p data-testid="next-visit" class=${next.overdue ? "alarming" : ""}>${t(next.overdue ? "visit.overdue_since" : "visit.next_by", { time: dayTime(next.by, language.value) })}
${" "}<span class="soft">${tWord("why", next.why)} · ${one.assessed_at ? t("person.grade_since", { grade: gradeName(one.ability_grade), day: shortDay(one.assessed_at, language.value) }) : t("care.not_assessed")}</span></p>`;
}
