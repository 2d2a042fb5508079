// @ts-check
/** One message between a relative and the station. */
import { html } from "../html.js";
import { t, language } from "../language.js";
import { dayTime } from "../format.js";

/** @typedef {{ id: number, at: string, text: string, from_station: boolean, by: { id: number, name: string }, fresh: boolean }} Message */

/** @param {{ message: Message, mine: boolean, zone?: string }} props */
export function Letter({ message, mine, zone }) {
  const who = mine ? t("letter.me") : message.from_station ? t("letter.station", { name: message.by.name }) : message.by.name;
  return html`<li class=${mine ? "letter mine" : "letter"} data-testid="letter" data-mine=${String(mine)}>
    <p class="letter-text">${message.text}</p><p class="soft">${who} · <time dateTime=${message.at}>${dayTime(message.at, language.value, zone)}</time></p></li>`;
}
