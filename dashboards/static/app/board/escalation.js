// @ts-check
/** One escalation policy: who is told in which order; in words, and as a form for who runs everything. */
import { html, useState } from "../html.js";
import { get, put } from "../api.js";
import { runsEverything } from "./station-choice.js";
import { t, tWord, language } from "../language.js";
import { seconds } from "../format.js";
import { problemWords } from "../wording.js";
import { fieldsOf } from "../parts/saving.js";
import { Conflict, History } from "./history.js";
import { told } from "./targets.js";
import { VariantFields } from "./escalation-fields.js";

/** @typedef {import("../../../types/contract.js").EscalationPolicy} EscalationPolicy */
/** @typedef {import("../../../types/contract.js").Variant} Variant */
/** @typedef {import("../../../types/contract.js").Step} Step */

/** @type {Step} */
const FIRST_STEP = { tell: ["console", "operators"], after_s: 0, level: 0, dispatch: false, emergency: false };
/** @type {Variant} */
const NEW_VARIANT = { priorities: [], from_time: null, until_time: null, stations: [], repeat_s: null, raises: true, until: "acknowledged", steps: [FIRST_STEP] };

/** @param {{ one: EscalationPolicy, again: () => void }} props */
export function Escalation({ one, again }) {
  const [editing, edit] = useState(false);
  return html`<h3>${tWord("policy", one.name)} <span class="soft">${t("policies.version", { version: one.version })}</span></h3>
    ${editing ? html`<${Editor} one=${one} close=${() => edit(false)} again=${again} />`
      : html`<${InWords} variants=${one.body.variants} />
        ${runsEverything() && html`<p class="card-acts"><button type="button" data-testid="escalation-edit" aria-label=${`${t("watching.change")}: ${tWord("policy", one.name)}`} onClick=${() => edit(true)}>${t("watching.change")}</button></p>`}`}
    <${History} path=${`/policies/escalation/${encodeURIComponent(one.name)}/history`} now=${one} />`;
}

/** @param {{ variants: Variant[] }} props */
function InWords({ variants }) {
  return html`<ul class="plain variants">${variants.map((variant, i) => html`<li key=${i}><strong>${whenWords(variant)}</strong>
    <ol class="drill-steps">${variant.steps.map((step, n) => html`<li key=${n}>${stepWords(step, n)}</li>`)}</ol>
    <p class="soft">${t("esc.then", { time: variant.repeat_s === null ? t("policies.usual") : seconds(variant.repeat_s, language.value), until: tWord("state", variant.until) })}${variant.raises ? ` ${t("esc.raises_words")}` : ""}</p></li>`)}</ul>`;
}

/** @param {Variant} variant */
function whenWords(variant) {
  const which = variant.priorities.length ? variant.priorities.map((one) => tWord("priority", one)).join(", ") : t("esc.any");
  const clock = variant.from_time ? ` · ${variant.from_time.slice(0, 5)}–${variant.until_time?.slice(0, 5)}` : "";
  return `${which}${clock}${variant.stations.length ? ` · ${t("esc.some_stations", { count: variant.stations.length })}` : ""}`;
}

/** @param {Step} step @param {number} n */
function stepWords(step, n) {
  const after = n === 0 ? t("esc.at_once") : step.after_s === null ? t("esc.after_usual") : t("esc.after", { time: seconds(step.after_s, language.value) });
  return [`${after}: ${step.tell.map(told).join(", ")}`, step.level && t("esc.level_is", { level: step.level }), step.dispatch && t("esc.dispatch"), step.emergency && t("esc.emergency")].filter(Boolean).join(" · ");
}

/** @param {{ one: EscalationPolicy, close: () => void, again: () => void, fresh?: boolean }} props  `fresh`: a new one, which has no version yet */
function Editor({ one, close, again, fresh = false }) {
  const [variants, setVariants] = useState(one.body.variants);
  const [base] = useState(one);
  const [theirs, setTheirs] = useState(/** @type {EscalationPolicy | null} */ (null));
  const [problem, say] = useState("");
  async function save(/** @type {number | null} */ version) {
    say("");
    try {
      await put(`/policies/escalation/${encodeURIComponent(one.name)}`, { body: { variants }, version });
      again();
      close();
    } catch (error) {
      const { status, body } = /** @type {any} */ (error);
      if (status !== 409) return say(body?.detail ? `${problemWords(error)} (${body.detail})` : problemWords(error));
      /** @type {{ items: EscalationPolicy[] }} */
      const { items } = await get("/policies/escalation");
      setTheirs(items.find(({ name }) => name === one.name) ?? null);
    }
  }
  const put1 = (/** @type {number} */ i, /** @type {Variant} */ variant) => setVariants((all) => all.map((old, at) => (at === i ? variant : old)));
  const drop = (/** @type {number} */ i) => setVariants((all) => all.filter((_, at) => at !== i));
  const submit = (/** @type {SubmitEvent} */ event) => { event.preventDefault(); save(fresh ? null : base.version); };
  return html`<form onSubmit=${submit} data-testid="escalation-form"><p class="hint">${t("esc.hint")}</p>
    ${variants.map((variant, i) => html`<${VariantFields} key=${i} number=${i + 1} variant=${variant} change=${(/** @type {Variant} */ next) => put1(i, next)} drop=${variants.length > 1 ? () => drop(i) : null} />`)}
    <p class="card-acts"><button type="button" onClick=${() => setVariants((all) => [...all, NEW_VARIANT])}>${t("esc.add_variant")}</button></p>
    ${theirs && html`<${Conflict} base=${base.body} theirs=${theirs} mine=${() => { setTheirs(null); save(theirs.version); }} give=${() => { again(); close(); }} />`}
    <p role="alert" class="refusal">${problem}</p>
    <p class="card-acts"><button type="submit" class="primary" data-testid="escalation-save">${t("form.save")}</button><button type="button" onClick=${close}>${t("sure.no")}</button></p></form>`;
}

/** @param {{ like: EscalationPolicy | undefined, names: string[], again: () => void }} props */
export function NewEscalation({ like, names, again }) {
  const [name, setName] = useState("");
  if (name) return html`<h3>${name}</h3><${Editor} fresh one=${{ name, version: 0, updated_at: "", updated_by: null, body: like?.body ?? { variants: [NEW_VARIANT] } }} close=${() => setName("")} again=${again} />`;
  const submit = (/** @type {SubmitEvent} */ event) => { const wish = String(fieldsOf(event).get("name")).trim(); if (!names.includes(wish)) setName(wish); };
  return html`<form class="form-grid" onSubmit=${submit}><label>${t("esc.new_name")}<input name="name" required maxlength="60" pattern="[\\w .\\-]+" /></label><button type="submit">${t("esc.new")}</button></form>`;
}
