// @ts-check
/** Pictures that were taken of something: small, and large when pressed. */
import { html, useEffect, useRef, useState } from "../html.js";
import { t, language } from "../language.js";
import { dayTime } from "../format.js";
import { useRemote } from "./remote.js";

/** @typedef {import("../../../types/contract.js").Photo} Photo */

/** @param {string} id */
const address = (id) => `/api/v1/photos/${encodeURIComponent(id)}`;

/** @param {{ subject: string, mark?: unknown }} props  `mark`: fetch again when it changes */
export function Photos({ subject, mark }) {
  const { data } = useRemote(`/photos?subject=${encodeURIComponent(subject)}`, [mark]);
  const photos = /** @type {{ items: Photo[] } | null} */ (data)?.items ?? [];
  const [shown, show] = useState(/** @type {Photo | null} */ (null));
  if (!photos.length) return null;
  return html`<ul class="photos" data-testid="photos">${photos.map((one) => html`<li key=${one.id}>
      <button type="button" class="photo" onClick=${() => show(one)} data-testid="photo"><img src=${address(one.id)} alt=${words(one)} loading="lazy" width="120" height="90" /></button></li>`)}</ul>
    ${shown && html`<${Large} photo=${shown} close=${() => show(null)} />`}`;
}

/** @param {Photo} photo */
const words = (photo) => t("photo.words", { name: photo.by?.name ?? "", time: dayTime(photo.taken_at, language.value) });

/** @param {{ id: string, name: string, at: string }} props  one picture of a step in a timeline */
export function PhotoOfStep({ id, name, at }) {
  return html`<a class="photo" href=${address(id)} target="_blank" rel="noopener" data-testid="step-photo"><img src=${address(id)} width="160" height="120" loading="lazy"
    alt=${t("photo.words", { name, time: dayTime(at, language.value) })} /></a>`;
}

/** @param {{ photo: Photo, close: () => void }} props */
function Large({ photo, close }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => box.current?.showModal(), []);
  return html`<dialog ref=${box} class="photo-large" aria-label=${words(photo)} onClose=${close}>
    <img src=${address(photo.id)} alt=${words(photo)} />
    <form method="dialog"><span class="soft">${words(photo)}</span><button type="submit">${t("photo.close")}</button></form></dialog>`;
}
