// @ts-check
/** Which station a page is about; the first one that somebody works for unless they choose another. */
import { html, useState } from "../html.js";
import { roles, session } from "../session.js";
import { remember, remembered } from "../memory.js";
import { t, nameOf } from "../language.js";
import { useRemote } from "../parts/remote.js";

/** @typedef {import("../../../types/contract.js").Station} Station */

export const isAdministrator = () => roles.value.has("administrator");

/** Policies and holidays hold everywhere: only who runs everything changes them. */
export const runsEverything = () => (session.value?.grants ?? []).some((grant) => grant.role === "administrator" && grant.station_id === null);

/** @returns {{ station: number | null, chooser: unknown, stations: Station[] }} */
export function useStation() {
  const { data } = useRemote("/stations?limit=200");
  const stations = /** @type {{ items: Station[] } | null} */ (data)?.items ?? [];
  const [wish, want] = useState(Number(remembered("station")));
  const own = session.value?.grants.find((grant) => grant.station_id !== null)?.station_id;
  const station = (stations.find((one) => one.id === wish) ?? stations.find((one) => one.id === own) ?? stations[0])?.id ?? null;
  const choose = (/** @type {any} */ event) => { remember("station", event.target.value); want(Number(event.target.value)); };
  const chooser = stations.length > 1 ? html`<label>${t("page.station")}<select value=${station} onChange=${choose} data-testid="station-choice">
    ${stations.map((one) => html`<option key=${one.id} value=${one.id}>${nameOf(one)}</option>`)}</select></label>` : null;
  return { station, chooser, stations };
}
