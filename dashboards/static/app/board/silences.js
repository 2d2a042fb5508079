// @ts-check
/** Maintenance: what is held meanwhile, in which place, until when and why. */
import { html } from "../html.js";
import { remove } from "../api.js";
import { now } from "../live/store.js";
import { t, tWord, language, teach } from "../language.js";
import { RULES } from "../../messages/rules.js";
import { KINDS } from "../../messages/kinds.js";
import { dayTime } from "../format.js";
import { problemWords } from "../wording.js";
import { usePolled } from "../parts/remote.js";
import { Note, useSaving } from "../parts/saving.js";
import { NewSilence } from "./new-silence.js";

teach(RULES);
teach(KINDS);

/** @typedef {import("../../../types/contract.js").Silence} Silence */

export function Silences() {
  const { data, error, again } = usePolled("/silences", 30_000);
  const { busy, said, save } = useSaving();
  const items = /** @type {{ items: Silence[] } | null} */ (data)?.items;
  const end = (/** @type {Silence} */ one) => save(() => remove(`/silences/${one.id}`), t("silence.ended")).then(again);
  return html`<section class="records scrolling"><header class="records-head"><h1>${t("silence.title")}</h1><p class="soft about">${t("silence.about")}</p></header>
    ${error && !items && html`<p class="empty" role="alert">${problemWords(error)}</p>`}
    <div class="cards-2">
      <section class="card" data-testid="silences"><h2>${t("silence.running")}</h2>
        ${items?.length === 0 && html`<p class="soft">${t("silence.none")}</p>`}
        <ul class="plain">${items?.map((one) => html`<${Row} key=${one.id} one=${one} busy=${busy} end=${() => end(one)} />`)}</ul>
        <${Note} said=${said} /></section>
      <section class="card"><h2>${t("silence.new")}</h2><${NewSilence} made=${again} /></section>
    </div></section>`;
}

/** @param {{ one: Silence, busy: boolean, end: () => void }} props */
function Row({ one, busy, end }) {
  const ahead = Date.parse(one.from) > now.value;
  const place = one.station_id !== null ? "station" : one.home_id !== null ? "home" : "device";
  const span = t(ahead ? "silence.from_until" : "silence.until", { from: dayTime(one.from, language.value), until: dayTime(one.until, language.value) });
  return html`<li class="silence" data-testid="silence">
    <div><strong>${t(`silence.${place}`)} ${one.name}</strong> <span class=${ahead ? "soft" : "running"}>${span}</span>
      <p>${one.reason} <span class="soft">${one.created_by?.name ?? ""}</span></p>
      <p class="soft">${one.kinds.map((kind) => tWord("kind", kind)).join(" · ")}</p></div>
    <button type="button" disabled=${busy} data-testid="silence-end" aria-label=${`${t("silence.end")}: ${one.name}`} onClick=${end}>${t("silence.end")}</button></li>`;
}
