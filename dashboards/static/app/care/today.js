// @ts-check
/** The day and the time of the station, by the server's clock. */
import { serverNow } from "../live/store.js";
import { foreignZone } from "../live/zone.js";
import { ownZone } from "../format.js";
import { instantOf, localText } from "./calendar.js";

const zone = () => foreignZone.value ?? ownZone();

/** "2026-11-22" */
export const today = () => localText(serverNow(), zone()).slice(0, 10);
/** "2026-11-22T09:30" */
export const nowLocal = () => localText(serverNow(), zone());
/** @param {string} local "2026-11-22T09:30" @returns {string} ISO 8601 in UTC */
export const toInstant = (local) => instantOf(local, zone());
/** @param {string} instant @returns {string} "2026-11-22T09:30" */
export const toLocal = (instant) => localText(Date.parse(instant), zone());
