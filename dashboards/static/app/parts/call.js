// @ts-check
import { html } from "../html.js";
import { t } from "../language.js";
import { Icon } from "./icon.js";

/** One tap calls. Of somebody in their quiet hours it says so, and whether this may call all the same.
 * @param {{ name: string, relation: string, phone: string, of?: string, quiet_from?: string | null, quiet_until?: string | null, resting?: boolean, urgent?: boolean }} props */
export function CallLink({ name, relation, phone, of = "", quiet_from = null, quiet_until = null, resting = false, urgent = false }) {
  return html`<a class="call" href=${`tel:${phone.replace(/[^\d+]/g, "")}`} data-testid="contact-call">
    <${Icon} name="phone" /><span><span class="unseen">${t("incident.call")} </span><strong>${name}</strong> <span class="soft">${relation}${of && ` · ${of}`}</span><br />
    <span class="number">${phone}</span>${resting && html`<br />
    <span class=${urgent ? "soft" : "risks"} data-testid="contact-resting">${t(urgent ? "incident.resting_urgent" : "incident.resting", { from: quiet_from ?? "", until: quiet_until ?? "" })}</span>`}</span></a>`;
}
