// @ts-check
/** Says loudly that the board is not live, so that nobody trusts an old picture. */
import { html } from "../html.js";
import { link } from "../live/store.js";
import { t, language } from "../language.js";
import { exactTime } from "../format.js";

/** "last update 03:12:45". @param {number | null} heardAt local milliseconds */
export const lastUpdate = (heardAt) => heardAt === null
  ? t("connection.never")
  : t("connection.last", { time: exactTime(heardAt, language.value) });

export function StaleBanner() {
  const { phase, heardAt } = link.value;
  if (phase !== "lost") return html`<div role="alert"></div>`;
  return html`<div role="alert" class="stale-banner" data-testid="stale-banner">
    <strong>${t("connection.lost")}, ${lastUpdate(heardAt)}.</strong> <span>${t("connection.stale")}</span>
  </div>`;
}

/** The sign that is always there. */
export function ConnectionSign() {
  const { phase, heardAt } = link.value;
  const words = phase === "lost" ? `${t("connection.lost")}, ${lastUpdate(heardAt)}` : t(`connection.${phase}`);
  return html`<span class="connection" data-testid="board-connection" data-state=${phase}>
    <span class="lamp" aria-hidden="true"></span>${words}</span>`;
}
