// @ts-check
/** Whether the station wrote something that was not looked at yet: said at the top, for the messages stand further down. */
import { html, signal } from "../html.js";
import { t } from "../language.js";
import { Icon } from "../parts/icon.js";

export const unread = signal(false);

export function Unread() {
  if (!unread.value) return null;
  const show = (/** @type {Event} */ event) => { event.preventDefault(); document.getElementById("letters")?.scrollIntoView({ block: "start" }); };
  return html`<p><a class="call" href="#letters" onClick=${show} data-testid="unread"><${Icon} name="letter" />${t("family.unread")}</a></p>`;
}
