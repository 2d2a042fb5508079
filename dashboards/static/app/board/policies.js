// @ts-check
/** What is done about each kind of incident; for administrators. Every change is a version with its author. */
import { html, useState } from "../html.js";
import { put } from "../api.js";
import { t, tWord, isKey, teach } from "../language.js";
import { STATION } from "../../messages/station.js";
import { problemWords } from "../wording.js";
import { useRemote } from "../parts/remote.js";

teach(STATION);

/** @typedef {import("../../../types/contract.js").KindPolicy} KindPolicy */

const PRIORITIES = /** @type {const} */ (["high", "medium", "low"]);
const NUMBERS = /** @type {const} */ ([["cancel_window_s", "policies.cancel"], ["escalate_s", "policies.escalate"], ["respond_s", "policies.respond"]]);

/** @param {string} kind */
const kindName = (kind) => { const key = `kind.${kind}`; return isKey(key) ? t(key) : kind; };

export function Policies() {
  const { data, error, again } = useRemote("/policies/kinds");
  const escalations = /** @type {{ items: { name: string, version: number, body: unknown }[] } | null} */ (useRemote("/policies/escalation").data)?.items ?? [];
  const kinds = /** @type {{ items: KindPolicy[] } | null} */ (data)?.items;
  if (error) return html`<p class="empty" role="alert">${error.status === 404 ? t("page.unavailable") : problemWords(error)}</p>`;
  if (!kinds) return html`<p class="empty">${t("app.loading")}</p>`;
  return html`<section class="records scrolling"><header class="records-head"><h1>${t("policies.title")}</h1><p class="soft about">${t("policies.about")}</p></header>
    <ul class="plain" data-testid="policies">${kinds.map((one) => html`<${Row} key=${`${one.kind} ${one.version}`} one=${one} names=${escalations.map(({ name }) => name)} again=${again} />`)}</ul>
    ${escalations.length > 0 && html`<h2>${t("policies.steps")}</h2>${escalations.map((one) => html`<details key=${one.name} class="card"><summary>${one.name} <span class="soft">${t("policies.version", { version: one.version })}</span></summary>
      <pre class="body" tabindex="0" aria-label=${one.name}>${JSON.stringify(one.body, null, 1)}</pre></details>`)}`}
  </section>`;
}

/** @param {{ one: KindPolicy, names: string[], again: () => void }} props */
function Row({ one, names, again }) {
  const [said, say] = useState(/** @type {{ words: string, bad: boolean } | null} */ (null));
  async function submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const wish = { ...one, priority: fields.get("priority"), escalation: fields.get("escalation") ?? one.escalation };
    for (const [name] of NUMBERS) Object.assign(wish, { [name]: fields.get(name) === "" ? null : Number(fields.get(name)) });
    try {
      const made = await put(`/policies/kinds/${one.kind}`, wish);
      say({ words: t("policies.saved", { version: made.version }), bad: false });
      again();
    } catch (error) {
      const { status } = /** @type {any} */ (error);
      say({ words: status === 409 ? t("policies.lost") : problemWords(error), bad: true });
    }
  }
  return html`<li class="card policy"><form onSubmit=${submit} data-testid="policy" data-kind=${one.kind} aria-label=${kindName(one.kind)}>
    <strong>${kindName(one.kind)}</strong>
    <label>${t("policies.priority")}<select name="priority">${PRIORITIES.map((name) => html`<option key=${name} value=${name} selected=${name === one.priority}>${tWord("priority", name)}</option>`)}</select></label>
    ${NUMBERS.map(([name, words]) => html`<label key=${name}>${t(words)}<input type="number" min="0" max="604800" name=${name} value=${one[name] ?? ""} placeholder=${t("policies.usual")} required=${name === "cancel_window_s"} /></label>`)}
    ${names.length > 0 && html`<label>${t("policies.escalation")}<select name="escalation">${names.map((name) => html`<option key=${name} value=${name} selected=${name === one.escalation}>${name}</option>`)}</select></label>`}
    <button type="submit">${t("policies.save")}</button>
    <span role="status" class=${said?.bad ? "refusal" : "soft"}>${said?.words ?? t("policies.version", { version: one.version })}</span></form></li>`;
}
