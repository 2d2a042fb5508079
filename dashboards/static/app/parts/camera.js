// @ts-check
/** One button that opens the phone's camera and hands over a picture made small. */
import { html, useState } from "../html.js";
import { t } from "../language.js";
import { Icon } from "./icon.js";
import { shrink } from "./shrink.js";

/** @param {{ taken: (picture: { file: Blob, picture: string, taken_at: string }) => void }} props */
export function Camera({ taken }) {
  const [problem, say] = useState("");
  const [busy, setBusy] = useState(false);
  async function take(/** @type {any} */ event) {
    const input = event.target;
    const [photo] = input.files;
    if (!photo) return;
    say("");
    setBusy(true);
    try {
      taken({ ...(await shrink(photo)), taken_at: new Date().toISOString() });
    } catch (error) {
      console.info("no picture", error);
      say(t("photo.unreadable"));
    }
    input.value = ""; // the same picture may be chosen again
    setBusy(false);
  }
  return html`<div class="camera"><label class=${busy ? "button busy" : "button"}><${Icon} name="camera" />${t("photo.take")}
    <input type="file" class="unseen" accept="image/*" capture="environment" data-testid="camera" disabled=${busy} onChange=${take} /></label>
    <p role="alert" class="refusal">${problem}</p></div>`;
}
