// @ts-check
/** What a form needs: its fields, whether it is being saved, and what came of it. */
import { html, useState } from "../html.js";
import { teach } from "../language.js";
import { FORMS } from "../../messages/forms.js";
import { problemWords } from "../wording.js";

teach(FORMS);

/** @typedef {{ words: string, bad: boolean }} Said */

/** @param {SubmitEvent} event @returns {FormData} */
export function fieldsOf(event) {
  event.preventDefault();
  return new FormData(/** @type {HTMLFormElement} */ (event.target));
}

/** @param {FormDataEntryValue | null} text @returns {number | null} */
export const numberOr = (text) => (text === null || text === "" ? null : Number(text));

/** @param {{ said: Said }} props */
export const Note = ({ said }) => html`<p role=${said.bad ? "alert" : "status"} class=${said.bad ? "refusal" : "saved"} data-testid="saved">${said.words}</p>`;

/**
 * @returns {{ busy: boolean, said: Said, say: (said: Said) => void, save: (ask: () => Promise<any>, done?: string) => Promise<any> }}
 *   `save` gives the answer (true where there is none), or null when it was refused
 */
export function useSaving() {
  const [said, say] = useState(/** @type {Said} */ ({ words: "", bad: false }));
  const [busy, setBusy] = useState(false);
  async function save(/** @type {() => Promise<any>} */ ask, done = "") {
    setBusy(true);
    say({ words: "", bad: false });
    try {
      const answer = await ask();
      say({ words: done, bad: false });
      return answer ?? true;
    } catch (error) {
      say({ words: problemWords(error), bad: true });
      return null;
    } finally {
      setBusy(false);
    }
  }
  return { busy, said, say, save };
}
