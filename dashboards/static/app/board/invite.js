// @ts-check
/** Makes an invitation link for a relative. */
import { html, useState } from "../html.js";
import { post } from "../api.js";
import { confirmed } from "../access/confirm.js";
import { t, language } from "../language.js";
import { dayTime } from "../format.js";
import { problemWords } from "../wording.js";

/** @typedef {{ url: string, expires_at: string }} Made */

/** @param {{ resident: { id: number, name: string } }} props */
export function Invite({ resident }) {
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState(/** @type {Made | null} */ (null));
  const [problem, setProblem] = useState("");
  const make = () => confirmed(() => post("/invitations", { role: "family", resident_id: resident.id, language: language.value }))
    .then(setMade, (error) => setProblem(problemWords(error)));
  if (!open) return html`<button type="button" data-testid="invite-open" onClick=${() => setOpen(true)}>${t("resident.invite")}</button>`;
  return html`<div class="invite"><h3>${t("invite.title")}</h3><p class="soft">${t("invite.about", { name: resident.name })}</p>
    ${made ? html`<${Link} made=${made} />` : html`<button type="button" class="primary" data-testid="invite-make" onClick=${make}>${t("invite.make")}</button>`}
    <p role="alert" class="refusal">${problem}</p></div>`;
}

/** @param {{ made: Made }} props */
function Link({ made }) {
  const [copied, setCopied] = useState("");
  async function copy() {
    // A page without TLS has no clipboard; the field can still be copied by hand.
    const done = await navigator.clipboard?.writeText(made.url).then(() => true, () => false);
    setCopied(t(done ? "invite.copied" : "invite.copy_failed"));
  }
  return html`<label>${t("invite.link")}<input readonly value=${made.url} data-testid="invite-url"
      onFocus=${(/** @type {any} */ event) => event.target.select()} /></label>
    <p><button type="button" onClick=${copy}>${t("invite.copy")}</button> <span role="status">${copied}</span></p>
    <p class="soft">${t("invite.until", { time: dayTime(made.expires_at, language.value) })}</p>`;
}
