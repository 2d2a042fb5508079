// @ts-check
/** Forms of the care pages: values, what is being sent, and what the server found wrong with a field. */
import { html, useState } from "../html.js";
import { t, pick, isKey } from "../language.js";
import { problemWords } from "../wording.js";

/**
 * @template {Record<string, any>} V
 * @typedef {{ values: V, set: (name: string, value: any) => void, all: (values: V) => void, busy: boolean, problem: any,
 *   send: (work: () => Promise<any>, done?: (answer: any) => void) => Promise<void> }} Form
 */

/** @template {Record<string, any>} V @param {V} first @returns {Form<V>} */
export function useForm(first) {
  const [values, all] = useState(first);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  /** @param {() => Promise<any>} work @param {(answer: any) => void} [done] */
  async function send(work, done) {
    setBusy(true);
    setProblem(null);
    try {
      const answer = await work();
      setBusy(false);
      done?.(answer);
    } catch (error) {
      setBusy(false);
      setProblem(error);
    }
  }
  return { values, all, busy, problem, send, set: (name, value) => all((/** @type {V} */ before) => ({ ...before, [name]: value })) };
}

/** What is wrong with a field, in the reader's words; "" when nothing is. @param {any} problem @param {string} name */
export function wrongWith(problem, name) {
  const found = problem?.body?.errors?.find((/** @type {{ where: string[] }} */ one) => one.where.includes(name));
  if (!found) return "";
  if (found.text) return pick(found.text);
  const key = `wrong.${found.kind}`;
  return isKey(key) ? t(key) : found.message;
}

/** @param {{ form: Form<any> }} props  says why it was not sent */
export function Refusal({ form }) {
  return html`<p role="alert" class="refusal">${form.problem && problemWords(form.problem)}</p>`;
}

let fields = 0;

/**
 * One field with its label. With `options` ([value, words][]) it is a list to choose from, with `rows` a text of several lines.
 * @param {{ form: Form<any>, name: string, label: string, hint?: string, type?: string, rows?: number, options?: [string | number, string][],
 *   change?: (value: string) => void, testid?: string, [more: string]: any }} props
 */
export function Field({ form, name, label, hint = "", type = "text", rows = 0, options, change, testid, ...more }) {
  const wrong = wrongWith(form.problem, name);
  // Two forms of a page may both ask for a name: each label belongs to its own field.
  const [id] = useState(() => `field-${name}-${(fields += 1)}`);
  const told = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(" ");
  const common = { id, name, value: form.values[name] ?? "", "aria-invalid": wrong ? "true" : undefined, "aria-describedby": told || undefined, "data-testid": testid ?? `field-${name}`, ...more,
    onInput: (/** @type {any} */ event) => { form.set(name, event.target.value); change?.(event.target.value); } };
  return html`<div class="field"><label for=${id}>${label}${more.required && html`<span class="needed" aria-hidden="true"> *</span>`}</label>
    ${options ? html`<select ...${common}>${options.map(([value, words]) => html`<option key=${value} value=${value}>${words}</option>`)}</select>`
      : rows ? html`<textarea rows=${rows} ...${common}></textarea>` : html`<input type=${type} ...${common} />`}
    ${hint && html`<span class="hint" id=${`${id}-hint`}>${hint}</span>`}
    ${wrong && html`<span class="refusal" id=${`${id}-wrong`}>${wrong}</span>`}</div>`;
}

/**
 * A few large things to choose one from: for fingers, and for forms filled in standing.
 * @param {{ name: string, legend: string, value: any, choose: (value: any) => void, options: { value: any, label: string, about?: string, look?: string }[], quiet?: boolean, hint?: string, short?: boolean }} props
 */
export function Tiles({ name, legend, value, choose, options, quiet = false, hint = "", short = false }) {
  return html`<fieldset class=${short ? "tiles is-short" : "tiles"}><legend class=${quiet ? "unseen" : ""}>${legend}</legend>
    ${hint && html`<p class="hint">${hint}</p>`}
    <div class="tiles-row">${options.map((one) => html`<label key=${one.value} class=${`tile-choice ${one.look ?? ""}`}>
      <input type="radio" name=${name} value=${one.value} checked=${value === one.value} onChange=${() => choose(one.value)} data-testid=${`${name}-${one.value}`} />
      <span><strong>${one.label}</strong>${one.about && html`<span class="soft">${one.about}</span>`}</span></label>`)}</div></fieldset>`;
}

/** @param {{ checked: boolean, label: string, change: (on: boolean) => void, testid?: string, hint?: string }} props */
export function Check({ checked, label, change, testid, hint = "" }) {
  return html`<label class="check"><input type="checkbox" checked=${checked} data-testid=${testid} onChange=${(/** @type {any} */ event) => change(event.target.checked)} />
    <span>${label}${hint && html`<span class="hint">${hint}</span>`}</span></label>`;
}

/** @param {(event: Event) => void} work  instead of what browsers do */
export const onSubmit = (work) => (/** @type {Event} */ event) => { event.preventDefault(); work(event); };
