// @ts-check
import { html } from "../html.js";
import { t } from "../language.js";

/** Nobody shares, or not any longer: nothing is left of what was shown. */
export const Nobody = () => html`<div class="empty" role="status" data-testid="family-nobody"><h1 class="unseen">${t("family.title")}</h1><p>${t("family.nobody")}</p></div>`;
