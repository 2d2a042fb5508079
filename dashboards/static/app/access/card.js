// @ts-check
/** The frame of the log-in and the invitation page. */
import { html } from "../html.js";
import { t } from "../language.js";
import { AppearanceSwitches, LanguageSwitch } from "../parts/controls.js";

/** @param {{ title: string, children?: unknown }} props */
export function Card({ title, children }) {
  return html`<div class="gate">
    <header class="gate-head"><span class="brand">${t("app.name")}</span><${LanguageSwitch} /></header>
    <main class="gate-main">
      <p class="story">${t("login.story")}</p>
      <div class="gate-card"><h1>${title}</h1>${children}</div>
    </main>
    <footer class="gate-foot"><${AppearanceSwitches} /></footer>
  </div>`;
}
