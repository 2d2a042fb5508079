// @ts-check
/** The rule of one kind, as a form. */
import { html, useState } from "../html.js";
import { get, put } from "../api.js";
import { runsEverything } from "./station-choice.js";
import { t, tWord } from "../language.js";
import { problemWords } from "../wording.js";
import { NumberField } from "../parts/number-field.js";
import { Conflict, History } from "./history.js";

/** @typedef {import("../../../types/contract.js").KindPolicy} KindPolicy */

const PRIORITIES = /** @type {const} */ (["high", "medium", "low"]);
const NUMBERS = /** @type {const} */ ([["cancel_window_s", "policies.cancel", 300], ["escalate_s", "policies.escalate", 604_800], ["respond_s", "policies.respond", 604_800]]);
const RARELY = /** @type {const} */ ([["group_after", "policies.group_after", 1000], ["group_s", "policies.group_s", 604_800]]);
const NEEDED = ["cancel_window_s", "group_s"];

/** @param {{ one: KindPolicy, names: string[], again: () => void }} props */
export function KindForm({ one, names, again }) {
  const [wish, want] = useState(one);
  const [base, setBase] = useState(one);
  const [theirs, setTheirs] = useState(/** @type {KindPolicy | null} */ (null));
  const [said, say] = useState({ words: "", bad: false });
  const adopt = (/** @type {KindPolicy} */ kept) => { want(kept); setBase(kept); setTheirs(null); };
  async function save(/** @type {number} */ version) {
    try {
      const made = /** @type {KindPolicy} */ (await put(`/policies/kinds/${one.kind}`, { ...wish, version }));
      adopt(made);
      say({ words: t("policies.saved", { version: made.version }), bad: false });
      again();
    } catch (error) {
      const { status, code } = /** @type {any} */ (error);
      if (status !== 409 || code !== "lost-race") return say({ words: problemWords(error), bad: true });
      /** @type {{ items: KindPolicy[] }} */
      const { items } = await get("/policies/kinds");
      setTheirs(items.find(({ kind }) => kind === one.kind) ?? null);
    }
  }
  const submit = (/** @type {SubmitEvent} */ event) => { event.preventDefault(); save(base.version); };
  const set = (/** @type {Partial<KindPolicy>} */ change) => want((was) => ({ ...was, ...change }));
  const fixed = !runsEverything();
  const number = (/** @type {readonly [string, any, number]} */ [name, words, most]) => html`<${NumberField} key=${name} words=${t(words)} value=${wish[name]} min="0" max=${most} placeholder=${t("policies.usual")}
    required=${NEEDED.includes(name)} disabled=${fixed} data-testid=${`policy-${name}`} set=${(/** @type {number | null} */ value) => set({ [name]: value })} />`;
  const clock = (/** @type {"quiet_from" | "quiet_until"} */ name) => html`<label>${t(`policies.${name}`)}<input type="time" value=${String(wish[name] ?? "").slice(0, 5)} disabled=${fixed} onInput=${(/** @type {any} */ event) => set({ [name]: event.target.value || null })} /></label>`;
  return html`<form onSubmit=${submit} data-testid="policy" data-kind=${one.kind} aria-label=${tWord("kind", one.kind)}>
    <strong>${tWord("kind", one.kind)}</strong>
    <label>${t("policies.priority")}<select value=${wish.priority} disabled=${fixed} onChange=${(/** @type {any} */ event) => set({ priority: event.target.value })}>${PRIORITIES.map((name) => html`<option key=${name} value=${name}>${tWord("priority", name)}</option>`)}</select></label>
    ${NUMBERS.map(number)}
    <label>${t("policies.escalation")}<select value=${wish.escalation} disabled=${fixed} onChange=${(/** @type {any} */ event) => set({ escalation: event.target.value })}>${names.map((name) => html`<option key=${name} value=${name}>${tWord("policy", name)}</option>`)}</select></label>
    ${!fixed && html`<button type="submit" data-testid="policy-save">${t("form.save")}</button>`}
    <span role="status" class=${said.bad ? "refusal" : "soft"}>${said.words || t("policies.version", { version: base.version })}</span>
    <div class="policy-more"><details class="rarely"><summary>${t("policies.rarely")}</summary><div class="form-grid">${RARELY.map(number)}${clock("quiet_from")}${clock("quiet_until")}</div><p class="hint">${t("policies.rarely_hint")}</p></details>
      <${History} path=${`/policies/kinds/${one.kind}/history`} now=${base} /></div></form>
    ${theirs && html`<${Conflict} base=${base} theirs=${theirs} mine=${() => { setTheirs(null); save(theirs.version); }} give=${() => adopt(theirs)} />`}`;
}
