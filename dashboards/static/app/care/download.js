// @ts-check
/** Fetches a file and gives it to the browser; personal data may ask for the password once more. */
import { html, useState } from "../html.js";
import { t } from "../language.js";
import { problemWords } from "../wording.js";
import { Problem } from "../api.js";
import { confirmed } from "../access/confirm.js";

/** @param {string} path @returns {Promise<Blob>} */
async function fetchFile(path) {
  const response = await fetch(`/api/v1${path}`).catch(() => { throw new Problem(0, "unreachable", {}); });
  if (response.ok) return response.blob();
  const answer = await response.json().catch(() => ({}));
  throw new Problem(response.status, answer.code ?? String(response.status), answer);
}

/** @param {Blob} file @param {string} name */
function give(file, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // some browsers read it only after a while
}

/** @param {{ path: string, name: string, words: string, testid?: string, primary?: boolean }} props */
export function Download({ path, name, words, testid = "download", primary = false }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  async function start() {
    setBusy(true);
    setProblem("");
    try {
      give(await confirmed(() => fetchFile(path)), name);
    } catch (error) {
      setProblem(problemWords(error));
    } finally {
      setBusy(false);
    }
  }
  return html`<span class="download"><button type="button" class=${primary ? "primary" : ""} disabled=${busy} onClick=${start} data-testid=${testid}>${busy ? t("care.working") : words}</button>
    <span role="alert" class="refusal">${problem}</span></span>`;
}
