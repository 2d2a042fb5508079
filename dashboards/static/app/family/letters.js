// @ts-check
/** What the reader and the station write to each other. Words are shown as words, whatever they look like. */
import { html, useEffect, useRef } from "../html.js";
import { post } from "../api.js";
import { t } from "../language.js";
import { usePolled } from "../parts/remote.js";
import { Note, fieldsOf, useSaving } from "../parts/saving.js";
import { Letter } from "../parts/letter.js";
import { freshId } from "../care/fresh-id.js";
import { unread } from "./unread.js";

/** @typedef {import("../parts/letter.js").Message} Message */

const REFRESH_MS = 20_000;

/** @param {{ id: number, zone: string }} props */
export function Letters({ id, zone }) {
  const path = `/residents/${id}/messages`;
  const { data, again } = usePolled(path, REFRESH_MS);
  const latest = /** @type {{ items: Message[] } | null} */ (data)?.items ?? [];
  const newest = latest[0]?.id ?? 0;
  const fresh = latest.some((one) => one.fresh && one.from_station);
  const box = useRef(/** @type {any} */ (null));
  useEffect(() => { unread.value = fresh; return () => { unread.value = false; }; }, [fresh]);
  useEffect(() => {
    if (!fresh) return undefined;
    const saw = () => post(`${path}/seen`, { upto: newest }).then(again, (error) => console.info("not said to be seen", error.message));
    const look = new IntersectionObserver((entries) => { if (entries.some((one) => one.isIntersecting) && !document.hidden) saw(); }, { threshold: 0 });
    look.observe(box.current); // seen is what was on the screen
    return () => look.disconnect();
  }, [fresh, newest]);
  return html`<section class="card" id="letters" data-testid="letters"><h2>${t("kin.letters")}</h2>
    <p class="soft">${t("kin.letters_about")}</p>
    <ol class="letters" aria-live="polite">${[...latest].reverse().map((one) => html`<${Letter} key=${one.id} message=${one} zone=${zone} mine=${!one.from_station} />`)}</ol>
    <div ref=${box}></div>
    <${Write} path=${path} again=${again} /></section>`;
}

/** @param {{ path: string, again: () => void }} props */
function Write({ path, again }) {
  const { busy, said, save } = useSaving();
  const request = useRef(freshId());
  async function submit(/** @type {SubmitEvent} */ event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const text = String(fieldsOf(event).get("text"));
    if (!(await save(() => post(path, { text, request: request.current }), t("kin.sent")))) return;
    request.current = freshId();
    form.reset();
    again();
  }
  return html`<form class="stack" onSubmit=${submit}><label>${t("kin.write")}<textarea name="text" rows="3" maxlength="1000" required data-testid="letter-text"></textarea></label>
    <button type="submit" disabled=${busy} data-testid="letter-send">${t("kin.send")}</button><${Note} said=${said} /></form>`;
}
