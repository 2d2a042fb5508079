// @ts-check
/** How many relatives wait for an answer, in the bar; nothing when nobody does. */
import { html } from "../html.js";
import { roles } from "../session.js";
import { href } from "../router.js";
import { t } from "../language.js";
import { usePolled } from "../parts/remote.js";
import { Icon } from "../parts/icon.js";

const EVERY_MS = 30_000;

export function LettersSign() {
  return roles.value.has("operator") || roles.value.has("administrator") ? html`<${Count} />` : null;
}

function Count() {
  const { data } = usePolled("/conversations/waiting", EVERY_MS);
  const count = /** @type {{ count: number } | null} */ (data)?.count ?? 0;
  if (!count) return null;
  return html`<a class="button letters-sign" href=${href("messages")} data-testid="letters-sign" title=${t("letters.waiting", { count })}>
    <${Icon} name="letter" /><span class="unseen">${t("letters.waiting", { count })}</span><b class="badge" aria-hidden="true">${count}</b></a>`;
}
