// @ts-check
/** Who should be assessed anew, and what says so. */
import { html } from "../html.js";
import { query } from "../api.js";
import { t, tWord, language, nameOf } from "../language.js";
import { href } from "../router.js";
import { useRemote } from "../parts/remote.js";
import { dayTime } from "../format.js";
import { Head, PersonLink, Waiting, useNode } from "./parts.js";

/** @typedef {{ resident: { id: number, name: string }, station: { id: number, name: string } | null, events: { at: string, kind: string, incident_id: string | null }[], assessed_at: string | null }} Proposal */

export function Proposals() {
  const { station, chooser } = useNode({ any: true });
  const remote = useRemote(`/care/assessments/proposed${query({ station })}`);
  const items = /** @type {{ items: Proposal[] } | null} */ (remote.data)?.items;
  return html`<section class="records scrolling"><${Head} title=${t("care.assessments")} about=${t("assess.proposed_about")}>
      <a class="button" href=${href("people")}>${t("assess.choose_person")}</a>${chooser}<//>
    <${Waiting} remote=${remote} />
    ${items && !items.length && html`<p class="empty" data-testid="proposals-none">${t("assess.proposed_none")}</p>`}
    <ol class="plain" data-testid="proposals">${items?.map((one) => html`<li key=${one.resident.id} class="card proposal"><div><p><strong><${PersonLink} one=${one.resident} /></strong> <span class="soft">${nameOf(one.station)} · ${one.assessed_at ? t("assess.last_at", { day: dayTime(one.assessed_at, language.value) }) : t("care.not_assessed")}</span></p>
      <ul>${one.events.map((event, i) => html`<li key=${i}>${event.incident_id ? html`<a href=${`/board#/incident/${event.incident_id}`}>${tWord("risk", event.kind)}</a>` : tWord("risk", event.kind)} <span class="soft">${dayTime(event.at, language.value)}</span></li>`)}</ul></div>
      <a class="button primary" href=${href("people", one.resident.id, "assess")}>${t("assess.start")}</a></li>`)}</ol></section>`;
}
