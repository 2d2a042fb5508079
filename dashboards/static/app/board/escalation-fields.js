// @ts-check
/** One variant of an escalation policy as fields: when it holds, its steps, what follows the last. */
import { html } from "../html.js";
import { t, tWord, nameOf } from "../language.js";
import { useRemote } from "../parts/remote.js";
import { numberOr } from "../parts/saving.js";
import { NumberField } from "../parts/number-field.js";
import { TARGETS, told } from "./targets.js";

/** @typedef {import("../../../types/contract.js").Variant} Variant */
/** @typedef {import("../../../types/contract.js").Step} Step */
/** @typedef {import("../../../types/contract.js").Station} Station */

const PRIORITIES = ["high", "medium", "low"];
const UNTIL = ["acknowledged", "responding", "on_site"];
const LEVELS = [0, 1, 2, 3];
const LONGEST_S = 604_800;

/** @template T @param {T[]} list @param {T} one @param {boolean} on @returns {T[]} */
const having = (list, one, on) => (on ? [...list, one] : list.filter((other) => other !== one));

/** @param {{ words: string, checked: boolean, set: (on: boolean) => void }} props */
const Check = ({ words, checked, set }) => html`<label class="inline-check"><input type="checkbox" checked=${checked} onChange=${(/** @type {any} */ event) => set(event.target.checked)} />${words}</label>`;

/** @param {{ number: number, variant: Variant, change: (variant: Variant) => void, drop: (() => void) | null }} props */
export function VariantFields({ number, variant, change, drop }) {
  const stations = /** @type {{ items: Station[] } | null} */ (useRemote("/stations?limit=200").data)?.items ?? [];
  const set = (/** @type {Partial<Variant>} */ some) => change({ ...variant, ...some });
  const setStep = (/** @type {number} */ i, /** @type {Step} */ step) => set({ steps: variant.steps.map((old, at) => (at === i ? step : old)) });
  const dropStep = (/** @type {number} */ i) => set({ steps: variant.steps.filter((_, at) => at !== i) });
  const clock = (/** @type {"from_time" | "until_time"} */ name) => html`<label>${tWord("field", name)}<input type="time" value=${variant[name]?.slice(0, 5) ?? ""} onInput=${(/** @type {any} */ event) => set({ [name]: event.target.value || null })} /></label>`;
  return html`<fieldset class="variant"><legend>${t("esc.variant", { number })}</legend>
    <fieldset class="days"><legend>${t("esc.priorities")}</legend>${PRIORITIES.map((one) => html`<${Check} key=${one} words=${tWord("priority", one)} checked=${variant.priorities.includes(one)} set=${(/** @type {boolean} */ on) => set({ priorities: having(variant.priorities, one, on) })} />`)}</fieldset>
    <div class="form-grid">${clock("from_time")}${clock("until_time")}</div>
    ${stations.length > 1 && html`<details><summary>${t("esc.stations", { count: variant.stations.length })}</summary><fieldset class="days"><legend class="unseen">${tWord("field", "stations")}</legend>${stations.map((one) => html`<${Check} key=${one.id} words=${nameOf(one)} checked=${variant.stations.includes(one.id)}
      set=${(/** @type {boolean} */ on) => set({ stations: having(variant.stations, one.id, on) })} />`)}</fieldset></details>`}
    ${variant.steps.map((step, i) => html`<${StepFields} key=${i} number=${i + 1} step=${step} change=${(/** @type {Step} */ next) => setStep(i, next)} drop=${variant.steps.length > 1 ? () => dropStep(i) : null} />`)}
    <p class="card-acts"><button type="button" data-testid="add-step" onClick=${() => set({ steps: [...variant.steps, { tell: ["operators"], after_s: null, level: null, dispatch: false, emergency: false }] })}>${t("esc.add_step")}</button></p>
    <div class="form-grid"><${NumberField} words=${t("esc.repeat")} value=${variant.repeat_s} min="10" max=${LONGEST_S} placeholder=${t("policies.usual")} set=${(/** @type {number | null} */ value) => set({ repeat_s: value })} />
      <label>${tWord("field", "until")}<select value=${variant.until} onChange=${(/** @type {any} */ event) => set({ until: event.target.value })}>${UNTIL.map((one) => html`<option key=${one} value=${one}>${tWord("state", one)}</option>`)}</select></label>
      <${Check} words=${tWord("field", "raises")} checked=${variant.raises} set=${(/** @type {boolean} */ on) => set({ raises: on })} /></div>
    ${drop && html`<p class="card-acts"><button type="button" onClick=${drop}>${t("esc.drop_variant", { number })}</button></p>`}</fieldset>`;
}

/** @param {{ number: number, step: Step, change: (step: Step) => void, drop: (() => void) | null }} props */
function StepFields({ number, step, change, drop }) {
  const set = (/** @type {Partial<Step>} */ some) => change({ ...step, ...some });
  const targets = [...TARGETS, ...step.tell.filter((word) => !TARGETS.includes(word))];
  return html`<fieldset class="days step" data-testid="step"><legend>${t("esc.step", { number })}</legend>
    ${targets.map((word) => html`<${Check} key=${word} words=${told(word)} checked=${step.tell.includes(word)} set=${(/** @type {boolean} */ on) => set({ tell: having(step.tell, word, on) })} />`)}
    <div class="form-grid wide"><${NumberField} words=${tWord("field", "after_s")} value=${step.after_s} min="0" max=${LONGEST_S} placeholder=${t("policies.usual")} set=${(/** @type {number | null} */ value) => set({ after_s: value })} />
      <label>${tWord("field", "level")}<select value=${step.level ?? ""} onChange=${(/** @type {any} */ event) => set({ level: numberOr(event.target.value) })}><option value="">${t("esc.one_further")}</option>${LEVELS.map((level) => html`<option key=${level} value=${level}>${t(level ? "esc.level_is" : "esc.level_own", { level })}</option>`)}</select></label>
      <${Check} words=${t("esc.dispatch")} checked=${step.dispatch} set=${(/** @type {boolean} */ on) => set({ dispatch: on })} /><${Check} words=${t("esc.emergency")} checked=${step.emergency} set=${(/** @type {boolean} */ on) => set({ emergency: on })} />
      ${drop && html`<button type="button" onClick=${drop}>${t("esc.drop_step", { number })}</button>`}</div></fieldset>`;
}
