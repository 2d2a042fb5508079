// @ts-check
/** How the family is told: this phone, the other places, and the hours in which only what is urgent comes. */
import { html, useState } from "../html.js";
import { remove } from "../api.js";
import { t, tWord } from "../language.js";
import { problemWords } from "../wording.js";
import { useRemote } from "../parts/remote.js";
import { PushSwitch, push, setQuietHours, thisPhone } from "../parts/push.js";

/** @typedef {import("../../../types/contract.js").Endpoint} Endpoint */

export function Reached() {
  const { data, again } = useRemote("/me/endpoints", [push.value]);
  const places = /** @type {{ items: Endpoint[] } | null} */ (data)?.items ?? [];
  return html`<section class="card" data-testid="reached"><h2>${t("family.alerts")}</h2>
    <p>${t("family.alerts_why")}</p><${PushSwitch} />
    ${push.value === "on" && html`<${QuietHours} key=${places.length} saved=${again} place=${places.find((one) => one.id === thisPhone())} />`}
    ${places.length > 0 && html`<h3>${t("family.places")}</h3><ul class="plain">${places.map((one) => html`<${Place} key=${one.id} one=${one} again=${again} />`)}</ul>`}
  </section>`;
}

/** @param {{ one: Endpoint, again: () => void }} props */
function Place({ one, again }) {
  const quiet = one.quiet_from && one.quiet_until
    ? t("family.quiet_now", { from: one.quiet_from.slice(0, 5), until: one.quiet_until.slice(0, 5) }) : t("family.no_quiet");
  return html`<li class="place" data-testid="endpoint"><span><strong>${one.label || tWord("channel", one.channel)}</strong> <span class="soft">${one.shown}</span><br />
      <span class="soft">${quiet}</span>${(one.failures ?? 0) > 2 && html`<br /><span class="refusal">${t("family.failing")}</span>`}</span>
    <button type="button" class="quiet" onClick=${() => remove(`/me/endpoints/${one.id}`).then(again, again)}>${t("family.remove")}</button></li>`;
}

/** @param {{ saved: () => void, place: Endpoint | undefined }} props */
function QuietHours({ saved, place }) {
  const [said, say] = useState("");
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const [from, until] = [String(fields.get("from")), String(fields.get("until"))];
    setQuietHours(from && until ? from : null, from && until ? until : null)
      .then(() => { say(t("family.quiet_saved")); saved(); }, (error) => say(problemWords(error)));
  };
  return html`<details><summary>${t("family.quiet_set")}</summary><form class="quiet-hours" onSubmit=${submit}>
    <label>${t("family.quiet_from")}<input type="time" name="from" value=${place?.quiet_from?.slice(0, 5) ?? "22:00"} /></label>
    <label>${t("family.quiet_until")}<input type="time" name="until" value=${place?.quiet_until?.slice(0, 5) ?? "07:00"} /></label>
    <button type="submit">${t("family.quiet_save")}</button><p role="status">${said}</p></form></details>`;
}
