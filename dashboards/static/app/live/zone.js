// @ts-check
/** A station's clock is the clock on its wall, wherever its board is looked at from. */
import { signal } from "../html.js";
import { get } from "../api.js";
import { ownZone, useZone } from "../format.js";

/** The station's zone, when it is not the reader's. @type {import("../../vendor/signals.js").Signal<string | null>} */
export const foreignZone = signal(null);

/** Ask once; without an answer the reader's own zone holds. */
export async function adoptZone() {
  /** @type {{ items: import("../../../types/contract.js").Station[] }} */
  const { items } = await get("/stations").catch(() => ({ items: [] }));
  const zones = new Set(items.map((station) => station.time_zone));
  const [zone] = zones;
  if (zones.size !== 1 || zone === ownZone()) return;
  useZone(zone);
  foreignZone.value = zone;
}
