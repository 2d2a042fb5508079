// @ts-check
/** Where this phone is: sent when its owner says to be free, and while on the way; never otherwise. */
import { put } from "../api.js";
import { signal } from "../html.js";

const EVERY_MS = 15_000;

/** True when the phone would not say. */
export const nowhere = signal(false);

/** @returns {Promise<{ lat: number, lon: number } | null>} */
export function whereAmI() {
  if (!("geolocation" in navigator)) { nowhere.value = true; return Promise.resolve(null); }
  return new Promise((tell) => navigator.geolocation.getCurrentPosition(
    ({ coords }) => { nowhere.value = false; tell({ lat: coords.latitude, lon: coords.longitude }); },
    () => { nowhere.value = true; tell(null); },
    { maximumAge: 60_000, timeout: 8_000 },
  ));
}

/** Follow the phone until the answer is called. Whether its owner is free is another matter. @returns {() => void} */
export function follow() {
  if (!("geolocation" in navigator)) return () => {};
  let last = 0;
  const watch = navigator.geolocation.watchPosition(({ coords, timestamp }) => {
    if (timestamp - last < EVERY_MS) return;
    last = timestamp;
    // A position that does not get through is worth nothing later: it is not queued.
    put("/me/state", { lat: coords.latitude, lon: coords.longitude })
      .catch((error) => console.info("position not sent", error.message));
  }, () => { nowhere.value = true; }, { enableHighAccuracy: true, maximumAge: EVERY_MS });
  return () => navigator.geolocation.clearWatch(watch);
}
