// @ts-check
/** What a policy said before, and what each change changed. */
import { html, useState } from "../html.js";
import { t, tWord, language } from "../language.js";
import { dayTime } from "../format.js";
import { useRemote } from "../parts/remote.js";
import { changes } from "./changes.js";

/** @typedef {import("./changes.js").Change} Change */
/** @typedef {{ version: number, body: unknown, at: string, by: { name: string } | null }} Version */

/** @param {unknown} value */
const said = (value) => (value === null || value === "" ? t("policies.nothing") : value === true ? t("policies.yes") : value === false ? t("policies.no") : String(value));

/** @param {{ list: Change[] }} props */
export const Changes = ({ list }) => html`<ul class="changes">${list.map(({ where, before, after }) => html`<li key=${where.join()}>
  ${where.map((word) => (typeof word === "number" ? String(word) : tWord("field", word))).join(" ")}: <s>${said(before)}</s> → <strong>${said(after)}</strong></li>`)}</ul>`;

/** @param {{ path: string, now: { version: number } }} props  `path` of the history; `now` is the version in force */
export function History({ path, now }) {
  const [open, setOpen] = useState(false);
  return html`<details class="history" onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)}><summary data-testid="history">${t("policies.history")}</summary>
    ${open && html`<${Versions} path=${path} now=${now} />`}</details>`;
}

/** @param {{ path: string, now: { version: number, [more: string]: unknown } }} props */
function Versions({ path, now }) {
  const { data } = useRemote(path, [now.version]);
  const old = /** @type {{ items: Version[] } | null} */ (data)?.items;
  if (!old) return html`<p class="soft">${t("app.loading")}</p>`;
  if (!old.length) return html`<p class="soft">${t("policies.no_history")}</p>`;
  return html`<ol class="plain" data-testid="versions">${old.map((one, i) => {
    const next = i === 0 ? (now.body ?? now) : old[i - 1].body;
    return html`<li key=${one.version}><strong>${t("policies.version", { version: one.version })}</strong> <span class="soft">${one.by?.name ?? t("policies.installation")} · ${dayTime(one.at, language.value)}</span>
      <p class="soft">${t("policies.then_changed")}</p><${Changes} list=${changes(one.body, next)} /></li>`;
  })}</ol>`;
}

/**
 * Somebody else saved first: what they changed, and the choice whose version holds.
 * @param {{ base: unknown, theirs: { version: number, updated_by: { name: string } | null, updated_at: string, [more: string]: unknown }, mine: () => void, give: () => void }} props
 */
export function Conflict({ base, theirs, mine, give }) {
  const who = theirs.updated_by?.name ?? t("policies.installation");
  return html`<div class="conflict" role="alert" data-testid="conflict"><p><strong>${t("policies.lost", { name: who, time: dayTime(theirs.updated_at, language.value) })}</strong></p>
    <${Changes} list=${changes(base, theirs.body ?? theirs)} />
    <p class="card-acts"><button type="button" data-testid="conflict-mine" onClick=${mine}>${t("policies.save_mine")}</button>
      <button type="button" data-testid="conflict-theirs" onClick=${give}>${t("policies.take_theirs")}</button></p></div>`;
}
