// @ts-check
import { html } from "../html.js";
import { t } from "../language.js";
import { Icon } from "./icon.js";

/** One tap calls. @param {{ name: string, relation: string, phone: string }} props */
export function CallLink({ name, relation, phone }) {
  return html`<a class="call" href=${`tel:${phone.replace(/[^\d+]/g, "")}`} data-testid="contact-call">
    <${Icon} name="phone" /><span><span class="unseen">${t("incident.call")} </span><strong>${name}</strong> <span class="soft">${relation}</span><br />
    <span class="number">${phone}</span></span></a>`;
}
