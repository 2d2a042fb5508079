// @ts-check
/** People whose days have changed: no alarm, but worth going to see. */
import { html } from "../html.js";
import { query } from "../api.js";
import { t, pick, language, teach } from "../language.js";
import { STATION } from "../../messages/station.js";
import { dayTime } from "../format.js";
import { href } from "../router.js";
import { problemWords } from "../wording.js";
import { useRemote } from "../parts/remote.js";
import { useStation } from "./station-choice.js";

teach(STATION);

/** @typedef {import("../../../types/contract.js").WorthVisit} WorthVisit */

export function Visits() {
  const { station, chooser } = useStation();
  const { data, error } = useRemote(`/worth-a-visit${query({ station })}`, [station]);
  const items = /** @type {{ items: WorthVisit[] } | null} */ (data)?.items;
  return html`<section class="records scrolling"><header class="records-head"><h1>${t("visits.title")}</h1>${chooser}<p class="soft about">${t("visits.about")}</p></header>
    ${error && html`<p class="empty" role="alert">${error.status === 404 ? t("page.unavailable") : problemWords(error)}</p>`}
    ${items && !items.length && html`<p class="empty">${t("visits.none")}</p>`}
    <ol class="plain" data-testid="visits">${items?.map((one) => html`<li key=${one.resident.id} class="card">
      <p><a href=${href("residents", one.resident.id)}><strong>${one.resident.name}</strong></a> <span class="soft">${one.home?.address ?? ""} · ${t("visits.since", { time: dayTime(one.since, language.value) })}</span></p>
      <ul>${one.reasons.map((words, i) => html`<li key=${i}>${pick(words)}</li>`)}</ul></li>`)}</ol></section>`;
}
