// @ts-check
/** One's own security: what one signs in with, where one is signed in, and how it went. */
import { html } from "../html.js";
import { session } from "../session.js";
import { t, language } from "../language.js";
import { dayTime } from "../format.js";
import { problemWords } from "../wording.js";
import { useRemote } from "../parts/remote.js";
import { PasswordCard } from "./password.js";
import { AppCard } from "./totp.js";
import { PasskeyCard } from "./passkeys.js";
import { ProviderCard } from "./provider.js";
import { Sessions, Logins } from "./sessions.js";
import { Download } from "../care/download.js";

/** @typedef {{ id: number, name: string, made_at: string, used_at: string | null }} Passkey */
/** @typedef {{ password: boolean, totp: boolean, recovery_left: number, passkeys: Passkey[], second_factor_by: string | null, provider: boolean }} Security */

/** Who must set up a second factor is told until when, and what happens then. @param {{ by: string | null }} props */
function Due({ by }) {
  if (!by) return null;
  return html`<p class="card notice" role="status" data-testid="second-factor-due">${session.value?.held
    ? t("account.held") : t("account.due", { time: dayTime(by, language.value) })}</p>`;
}

export function Own() {
  const { data, error, again } = useRemote("/me/security");
  const security = /** @type {Security | null} */ (data);
  if (error) return html`<p class="empty" role="alert">${problemWords(error)}</p>`;
  if (!security) return html`<p class="empty">${t("app.loading")}</p>`;
  return html`<h1>${t("account.own")}</h1><p class="soft">${t("app.signed_in", { name: `${session.value?.account.name} (${session.value?.account.login})` })}</p>
    <${Due} by=${security.second_factor_by} />
    <${AppCard} security=${security} again=${again} />
    <${PasskeyCard} security=${security} again=${again} />
    <${PasswordCard} security=${security} again=${again} />
    <${ProviderCard} security=${security} again=${again} />
    <${Sessions} /><${Logins} path="/me/logins" />
    <section class="card"><h2>${t("account.everything")}</h2><p class="soft">${t("account.everything_about")}</p>
      <${Download} path="/me/everything" name=${`account-${session.value?.account.id}.zip`} words=${t("account.everything_get")} testid="own-everything" /></section>`;
}
