// @ts-check
/** A number that may be left empty. What is typed stays as it is typed; only what is a number within the limits is said. */
import { html, useEffect, useState } from "../html.js";
import { numberOr } from "./saving.js";

/** @param {{ words: string, value: number | null, set: (value: number | null) => void, [limit: string]: unknown }} props  `limit`: min, max, required ... of the field */
export function NumberField({ words, value, set, ...limits }) {
  const [text, type] = useState(() => String(value ?? ""));
  useEffect(() => { if (numberOr(text) !== value) type(String(value ?? "")); }, [value]);
  const typed = (/** @type {any} */ { target }) => {
    type(target.value);
    if (target.validity.valid) set(numberOr(target.value));
  };
  return html`<label>${words}<input type="number" ...${limits} value=${text} onInput=${typed} /></label>`;
}
