// @ts-check
/**
 * The server's time, read off the `now` of its messages. A browser's own clock may be wrong, and a
 * simulated community may live faster than we do: both the offset and the pace are taken from the server.
 *
 * @typedef {{ server: number, local: number, baseServer: number, baseLocal: number, pace: number }} Clock
 */

const MEASURE_MS = 4_000;
const BASE_MS = 120_000;

/** @param {number} server @param {number} local @returns {Clock} both in milliseconds */
export const startClock = (server, local) => ({ server, local, baseServer: server, baseLocal: local, pace: 1 });

/**
 * @param {Clock} clock
 * @param {number} server  the `now` of a message, milliseconds
 * @param {number} local  when it came, milliseconds
 * @returns {Clock}
 */
export function syncClock(clock, server, local) {
  const spent = local - clock.baseLocal;
  if (spent < MEASURE_MS) return { ...clock, server, local };
  const measured = (server - clock.baseServer) / spent;
  // Network delay makes a true clock look some per cent off: only a real difference is believed.
  const pace = measured < 0 || Math.abs(measured - 1) < 0.1 ? 1 : measured;
  if (spent < BASE_MS) return { ...clock, server, local, pace };
  return { server, local, baseServer: server, baseLocal: local, pace };
}

/** @param {Clock} clock @param {number} local @returns {number} the server's time now, milliseconds */
export const readClock = (clock, local) => clock.server + (local - clock.local) * clock.pace;
