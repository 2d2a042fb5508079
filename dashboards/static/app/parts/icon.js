// @ts-check
/** Line drawings on a 24 x 24 grid, one path each. Decorative: the words always stand beside them. */
import { html } from "../html.js";

const PATHS = /** @type {Readonly<Record<string, string>>} */ (Object.freeze({
  // kinds of incidents
  fall: "M18.5 12.500a2 2 0 1 0 .01 0M15.500 17H9l-4-3M15.500 17l-3.500-4.500M3 20.500h18M7 5l2 3M12 3.500V7M17 5l-2 3",
  sos: "M12 3a9 9 0 1 0 .01 0M12 8a4 4 0 1 0 .01 0M5.6 5.6l3.6 3.6M14.8 14.8l3.6 3.6M18.4 5.6l-3.6 3.6M9.2 14.8l-3.6 3.6",
  smoke: "M4 20h16M7 16a3 3 0 0 1 0-6 5 5 0 0 1 9.5-1.5A3.8 3.8 0 1 1 17 16zM9 4c0 1-1 1-1 2M13 3c0 1-1 1-1 2",
  co: "M10 8.5a3.5 3.5 0 1 0 0 7M17 8.5a3.5 3.5 0 1 0 .01 0M3 4h18M3 20h18",
  gas: "M12 3c1 4 5 5.5 5 10.5a5 5 0 0 1-10 0c0-2.500 1.500-3.500 2-5.500 1 .8 1.600 1.600 1.800 2.600C12 8.600 12.300 6 12 3z",
  water: "M12 3c3.500 4.500 6 7.500 6 11a6 6 0 0 1-12 0c0-3.500 2.500-6.500 6-11zM9 14.500a3 3 0 0 0 3 3",
  inactivity: "M12 3a9 9 0 1 0 .01 0M12 7v5l3.500 2",
  vitals: "M3 12h4l2-5 4 10 2.500-5H21",
  tamper: "M14.500 6.500a4 4 0 0 1 5-1l-2.700 2.700 1 2 2 .8L21 9a4 4 0 0 1-5.500 4.500L8 21l-3-3 7.500-7.500a4 4 0 0 1 2-4z",
  offline: "M3 3l18 18M5 12.500a10 10 0 0 1 4-2.400M8.500 16a5 5 0 0 1 7 0M15 10.200a10 10 0 0 1 4 2.300M12 19.500h.01",
  home_offline: "M4 11l8-7 8 7M6 9.500V20h12V9.500M9.500 13l5 5M14.500 13l-5 5",
  low_battery: "M3 8h15v8H3zM18 10.500h2.500v3H18M6 11v2",
  motion_unusable: "M3 12h2l2-4 2 8 2-4M15 9l5 5M20 9l-5 5",
  platform_outage: "M4 5h16v5H4zM4 14h16v5H4zM7.500 7.500h.01M7.500 16.500h.01M13 16.500h4",
  early_warning: "M3 12h4l2-5 4 10 2.500-5H21",
  vitals_trend: "M3 17l6-6 4 4 8-9M15 6h6v6",
  wandering: "M12 21s7-6.500 7-11.500a7 7 0 0 0-14 0C5 14.500 12 21 12 21zM12 7.500a2 2 0 1 0 .01 0",
  tracker_lost: "M12 21s7-6.500 7-11.500a7 7 0 0 0-14 0C5 14.500 12 21 12 21zM9.500 7l5 5M14.500 7l-5 5",
  night_exit: "M5 21V4h9v17M14 21H3M11 12.500h.01M17 9l4 3-4 3",
  room_heat: "M10 14V5a2 2 0 0 1 4 0v9a4 4 0 1 1-4 0zM12 9v8",
  room_cold: "M12 3v18M4.500 7.500l15 9M19.500 7.500l-15 9",
  battery_forecast: "M3 8h15v8H3zM18 10.500h2.500v3H18M6 11v2",
  not_worn: "M8 7h8v10H8zM9.500 7l.5-4h4l.5 4M9.500 17l.5 4h4l.5-4M4 4l16 16",
  device_fault: "M7 3h10v18H7zM12 8v5M12 16.500h.01",
  roster_gap: "M12 4a4 4 0 1 0 .01 0M4.500 20c0-4 3.500-6.500 7.500-6.500s7.500 2.500 7.500 6.500M4 4l16 16",
  not_up: "M3 18V7M3 15h18v3M3 12h6a3 3 0 0 1 3 3M15 4h4l-4 5h4",
  bathroom_long: "M4 12h16v2a5 5 0 0 1-5 5H9a5 5 0 0 1-5-5zM7 12V6a2 2 0 0 1 4 0M8 19v2M16 19v2",
  bathroom_visits: "M4 12h16v2a5 5 0 0 1-5 5H9a5 5 0 0 1-5-5zM7 12V6a2 2 0 0 1 4 0M8 19v2M16 19v2",
  bed_not_returned: "M3 19V9M3 16h18v3M3 13h18v3M14 9h6M17.500 6.500L20 9l-2.500 2.500",
  door_open_night: "M6 21V3h9v18M3 21h18M15 5l4-1v17M12 12h.01",
  night_activity: "M19 14.500A8 8 0 0 1 9.500 5a8 8 0 1 0 9.500 9.500zM16 4h4l-4 4h4",
  self_test: "M5 4h14v16H5zM8.500 12.500l2.500 2.500 4.500-5.500",
  self_test_failed: "M5 4h14v16H5zM9 9l6 6M15 9l-6 6",
  part_silent: "M4 5h16v6H4zM4 14h9M7.500 8h.01M16 15l5 5M21 15l-5 5",
  channel_failing: "M4 6h16v9H9l-5 4zM12 8v3M12 13h.01",
  break_glass: "M7 11V8a5 5 0 0 1 9.500-2M5 11h14v9H5zM12 14.500v2",
  other: "M12 3l9.500 17h-19zM12 10v4.500M12 17.500h.01",
  // the page itself
  phone: "M6 3h3l1.500 5-2 1.500a12 12 0 0 0 6 6l1.500-2 5 1.500v3a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.500 2h-15zM10 20.500a2.200 2.200 0 0 0 4 0",
  bell_off: "M8 7a6 6 0 0 1 10 4v4M6 11v5l-1.500 2H16M10 20.500a2.200 2.200 0 0 0 4 0M4 4l16 16",
  people: "M9 5a3 3 0 1 0 .01 0M3.500 19c0-3.500 2.500-6 5.500-6s5.500 2.500 5.500 6M16 6.500a2.500 2.500 0 1 1 0 5M16.500 14c2.500 0 4 2 4 5",
  list: "M4 6h2M4 12h2M4 18h2M9 6h11M9 12h11M9 18h11",
  device: "M7 3h10v18H7zM10.500 18h3",
  box: "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
  map: "M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14",
  clock: "M12 3a9 9 0 1 0 .01 0M12 7v5l3 3",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  search: "M11 4a7 7 0 1 0 .01 0M16 16l5 5",
  back: "M14 5l-7 7 7 7",
  camera: "M4 8h3.500l1.500-2.500h6L16.500 8H20v11H4zM12 10.500a3 3 0 1 0 .01 0",
  letter: "M4 6h16v12H4zM4 7l8 6 8-6",
  check: "M5 12.500l4.500 4.500L19 7",
  user: "M12 4a4 4 0 1 0 .01 0M4.500 20c0-4 3.500-6.500 7.500-6.500s7.500 2.500 7.500 6.500",
  home: "M4 11l8-7 8 7M6 9.500V20h12V9.500",
  heart: "M12 20c-5-4-8-7-8-10.500A4.500 4.500 0 0 1 12 7a4.500 4.500 0 0 1 8 2.500C20 13 17 16 12 20z",
  away: "M4 12h12M12 7l5 5-5 5M20 4v16",
  moon: "M19 14.500A8 8 0 0 1 9.500 5a8 8 0 1 0 9.500 9.500z",
  unknown: "M9 9a3 3 0 1 1 4 2.800c-.7.3-1 .9-1 1.700M12 17h.01",
}));

/** @param {{ name: string }} props */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"
    ><path d=${PATHS[name] ?? PATHS.unknown} /></svg>`;
}
