// @ts-check
/** Instants, spans and numbers as people read them. Pure, but for the zone that a page sets once. */

/** @typedef {"zh" | "en"} Language */

/** The zone of the station when it is not the reader's own; undefined: the reader's. @type {string | undefined} */
let stationZone;

/** From now on instants without a zone of their own are said in this one. @param {string | undefined} zone */
export const useZone = (zone) => { stationZone = zone; };

/** The zone in which instants are said now. */
export const zoneInUse = () => stationZone ?? ownZone();

/** The zone of this computer. */
export const ownZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {Language} language @param {Intl.DateTimeFormatOptions} options */
function format(language, { timeZone = stationZone, ...rest }) {
  const options = { timeZone, ...rest };
  const key = language + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { hourCycle: "h23", ...options });
    formats.set(key, made);
  }
  return made;
}

const CLOCK = /** @type {const} */ ({ hour: "2-digit", minute: "2-digit" });
const EXACT = /** @type {const} */ ({ ...CLOCK, second: "2-digit" });
const DAY = /** @type {const} */ ({ day: "numeric", month: "short" });

/** "03:12". @param {string | number} instant @param {Language} language @param {string} [zone] */
export const clockTime = (instant, language, zone) =>
  format(language, { ...CLOCK, timeZone: zone }).format(new Date(instant));

/** "03:12:45". @param {string | number} instant @param {Language} language @param {string} [zone] */
export const exactTime = (instant, language, zone) =>
  format(language, { ...EXACT, timeZone: zone }).format(new Date(instant));

/** "22 Nov 03:12". @param {string | number} instant @param {Language} language @param {string} [zone] */
export const dayTime = (instant, language, zone) =>
  format(language, { ...DAY, ...CLOCK, timeZone: zone }).format(new Date(instant));

/** "22 Nov". @param {string | number} instant @param {Language} language @param {string} [zone] */
export const shortDay = (instant, language, zone) => format(language, { ...DAY, timeZone: zone }).format(new Date(instant));

/** "Sunday 22 November". @param {string | number} instant @param {Language} language @param {string} [zone] */
export const longDay = (instant, language, zone) =>
  format(language, { weekday: "long", day: "numeric", month: "long", timeZone: zone }).format(new Date(instant));

/** "2026-11-22" where it happened. @param {string} instant @param {string} zone */
export const localDay = (instant, zone) =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(new Date(instant));

const two = (/** @type {number} */ n) => String(n).padStart(2, "0");

/** A running time: "0:42", "12:05", "3:20:11", "2 d 04:10". @param {number} ms @param {Language} language */
export function running(ms, language) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24];
  const [minutes, rest] = [Math.floor(seconds / 60) % 60, seconds % 60];
  if (days) return `${days} ${language === "zh" ? "天" : "d"} ${two(hours)}:${two(minutes)}`;
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** A span in words: "5 min", "2 h 10 min", "3 days". @param {number} ms @param {Language} language */
export function span(ms, language) {
  const zh = language === "zh";
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 1) return zh ? "不到 1 分钟" : "less than 1 min";
  if (minutes < 60) return zh ? `${minutes} 分钟` : `${minutes} min`;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours < 48) {
    if (!rest || hours >= 12) return zh ? `${hours} 小时` : `${hours} h`;
    return zh ? `${hours} 小时 ${rest} 分钟` : `${hours} h ${rest} min`;
  }
  const days = Math.floor(hours / 24);
  return zh ? `${days} 天` : `${days} days`;
}

/** A delay: "24 ms", "3 s", "5 min". @param {number} ms @param {Language} language */
export function delay(ms, language) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${Math.round(ms / 1000)} ${language === "zh" ? "秒" : "s"}` : span(ms, language);
}

/** How long ago: "5 min ago". @param {number} ms @param {Language} language */
export function ago(ms, language) {
  if (ms < 45_000) return language === "zh" ? "刚刚" : "just now";
  return language === "zh" ? `${span(ms, language)}前` : `${span(ms, language)} ago`;
}

/** A measured value with as many digits as its kind deserves. @param {number} value @param {string} metric */
export function measured(value, metric) {
  const digits = ["body_temperature", "skin_temperature", "glucose", "weight"].includes(metric) ? 1 : 0;
  return value.toFixed(digits);
}

const UNITS = /** @type {Record<string, string>} */ ({ Cel: "°C", "mm[Hg]": "mmHg", "1": "", "dB[mW]": "dBm" });

/** @param {string} unit as in the metric table @param {Language} language */
export function unitName(unit, language) {
  if (unit === "/min") return language === "zh" ? "次/分" : "/min";
  return UNITS[unit] ?? unit;
}

/** How sure a detector is: never "100 %". @param {number} probability */
export const certainty = (probability) => (probability > 0.99 ? "> 99 %" : `${Math.round(probability * 100)} %`);

/** @param {number | null} share 0 to 1 */
export const percent = (share) => (share === null ? "–" : `${Math.round(share * 100)} %`);

/** "350 m", "1.2 km". @param {number} metres @param {Language} language */
export function distance(metres, language) {
  if (metres < 1000) return `${Math.round(metres / 10) * 10} ${language === "zh" ? "米" : "m"}`;
  return `${(metres / 1000).toFixed(1)} ${language === "zh" ? "公里" : "km"}`;
}

/** A short duration: "8 s", "2 min 5 s", "1 h 10 min". @param {number} value @param {Language} language */
export function seconds(value, language) {
  const zh = language === "zh";
  const whole = value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
  if (whole < 60) return zh ? `${whole} 秒` : `${whole} s`;
  if (whole >= 3600) return span(whole * 1000, language);
  const rest = Math.round(whole % 60);
  const minutes = Math.floor(whole / 60);
  return zh ? `${minutes} 分${rest ? ` ${rest} 秒` : "钟"}` : `${minutes} min${rest ? ` ${rest} s` : ""}`;
}
