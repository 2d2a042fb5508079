// @ts-check
/** A new password. */
import { html } from "../html.js";
import { put } from "../api.js";
import { confirmed } from "../access/confirm.js";
import { session } from "../session.js";
import { t } from "../language.js";
import { Note, fieldsOf, useSaving } from "../parts/saving.js";

const SHORTEST = 10;

/** @param {{ security: import("./own.js").Security, again: () => void }} props */
export function PasswordCard({ security, again }) {
  const { busy, said, say, save } = useSaving();
  async function submit(/** @type {SubmitEvent} */ event) {
    const fields = fieldsOf(event);
    const form = /** @type {HTMLFormElement} */ (event.target);
    const password = String(fields.get("password"));
    if (password.length < SHORTEST) return say({ words: t("enter.password_short"), bad: true });
    const current = security.password ? String(fields.get("current")) : null;
    if (await save(() => confirmed(() => put("/me/password", { current, password })), t("password.changed"))) {
      form.reset();
      again();
    }
  }
  return html`<section class="card" data-testid="password-card"><h2>${t("password.title")}</h2><p>${t("password.about")}</p>
    <form onSubmit=${submit}>
      <input class="unseen" type="text" name="username" autocomplete="username" value=${session.value?.account.login} readonly tabindex="-1" aria-hidden="true" />
      ${security.password && html`<label>${t("password.current")}<input name="current" type="password" autocomplete="current-password" required /></label>`}
      <label>${t("password.new")}<input name="password" type="password" autocomplete="new-password" required aria-describedby="password-hint" /></label>
      <p class="hint" id="password-hint">${t("enter.password_hint")}</p>
      <p><button type="submit" disabled=${busy} data-testid="password-save">${t("password.save")}</button></p><${Note} said=${said} /></form></section>`;
}
