// @ts-check
/** The pictures of a visit or of a task, and one more. */
import { html, useState } from "../html.js";
import { post, query } from "../api.js";
import { t } from "../language.js";
import { problemWords } from "../wording.js";
import { Photos } from "../parts/photos.js";
import { Camera } from "../parts/camera.js";
import { may } from "./may.js";

/** @param {{ subject: string, changed?: () => void, take?: boolean }} props */
export function Pictures({ subject, changed, take = true }) {
  const [turn, setTurn] = useState(0);
  const [said, say] = useState("");
  const [problem, setProblem] = useState("");
  async function keep(/** @type {{ file: Blob, taken_at: string }} */ { file, taken_at }) {
    setProblem("");
    say(t("care.working"));
    try {
      await post(`/photos${query({ subject, taken_at })}`, file);
      say("");
      setTurn((n) => n + 1);
      changed?.();
    } catch (error) {
      say("");
      setProblem(problemWords(error));
    }
  }
  return html`<div class="pictures">${may("see_photos") && html`<${Photos} subject=${subject} mark=${turn} />`}${take && may("take_photos") && html`<${Camera} taken=${keep} />`}
    <p role="status" class="soft">${said}</p><p role="alert" class="refusal">${problem}</p></div>`;
}
