// @ts-check
/** What stands on a page until it knows who looks at it. */
import { html } from "../html.js";
import { unopened } from "../session.js";
import { problemWords } from "../wording.js";
import { t } from "../language.js";

export function Opening() {
  return html`<p class="empty" role="status" data-testid="opening">${unopened.value ? `${problemWords(unopened.value)} ${t("app.trying")}` : t("app.loading")}</p>`;
}
