// @ts-check
/** The switches every page has: language, night colours, large type, contrast. */
import { html } from "../html.js";
import { t, language, setLanguage } from "../language.js";
import { appearance, toggle } from "../appearance.js";

export function LanguageSwitch() {
  const other = language.value === "zh" ? "en" : "zh";
  return html`<button type="button" class="quiet" data-testid="lang-switch" lang=${other === "zh" ? "zh-CN" : "en"}
    aria-label=${t("language.switch_label")} onClick=${() => setLanguage(other)}>${t("language.switch")}</button>`;
}

/** @param {{ aspect: import("../appearance.js").Aspect, on: string, label: string }} props */
function Switch({ aspect, on, label }) {
  const pressed = appearance[aspect].value === on;
  return html`<button type="button" class="quiet" role="switch" aria-checked=${String(pressed)}
    data-testid=${`appearance-${aspect}`} onClick=${() => toggle(aspect)}>${label}</button>`;
}

export function AppearanceSwitches() {
  return html`<div class="switches">
    <${Switch} aspect="theme" on="dark" label=${t("appearance.dark")} />
    <${Switch} aspect="size" on="large" label=${t("appearance.large")} />
    <${Switch} aspect="contrast" on="high" label=${t("appearance.contrast")} />
  </div>`;
}
