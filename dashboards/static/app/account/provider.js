// @ts-check
/** Being known at the city's own log-in. */
import { html } from "../html.js";
import { post, remove } from "../api.js";
import { confirmed } from "../access/confirm.js";
import { t } from "../language.js";
import { useRemote } from "../parts/remote.js";
import { Note, useSaving } from "../parts/saving.js";
import { Sure } from "../parts/sure.js";

/** @param {{ security: import("./own.js").Security, again: () => void }} props */
export function ProviderCard({ security, again }) {
  const { data } = useRemote("/provider");
  const { busy, said, save } = useSaving();
  const name = /** @type {any} */ (data)?.provider;
  if (!name) return null;
  const link = () => save(async () => location.assign((await confirmed(() => post("/provider/link", {}))).url));
  const drop = async () => { if (await save(() => confirmed(() => remove("/provider/link")))) again(); };
  return html`<section class="card"><h2>${name}</h2><p>${t(security.provider ? "provider.on" : "provider.about", { name })}</p>
    <p>${security.provider ? html`<${Sure} words=${t("provider.remove")} about=${name} run=${drop} />`
      : html`<button type="button" disabled=${busy} onClick=${link}>${t("provider.link")}</button>`}</p><${Note} said=${said} /></section>`;
}
