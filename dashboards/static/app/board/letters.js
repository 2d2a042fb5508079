// @ts-check
/** What relatives wrote to the station: those that wait first, one opened, answered or put aside. */
import { html, useRef, useState } from "../html.js";
import { post } from "../api.js";
import { href } from "../router.js";
import { t, tWord, teach } from "../language.js";
import { LETTERS } from "../../messages/letters.js";
import { usePolled } from "../parts/remote.js";
import { Ago } from "../parts/times.js";
import { Letter } from "../parts/letter.js";
import { Note, fieldsOf, useSaving } from "../parts/saving.js";
import { freshId } from "../care/fresh-id.js";

teach(LETTERS);

/** @typedef {import("../../../types/contract.js").Person} Person */
/** @typedef {import("../parts/letter.js").Message} Message */
/** @typedef {{ id: number, resident: Person, relative: Person, relation: string | null, waiting: boolean, last_at: string, text: string, from_station: boolean }} Conversation */

const EVERY_MS = 15_000;

export function Letters() {
  const { data, again } = usePolled("/conversations", EVERY_MS);
  const [open, setOpen] = useState(/** @type {number | null} */ (null));
  const all = /** @type {{ items: Conversation[] } | null} */ (data)?.items;
  const chosen = all?.find((one) => one.id === open);
  return html`<section class="records scrolling" data-testid="conversations"><header class="records-head"><h1>${t("letters.title")}</h1></header>
    ${!all && html`<p class="empty">${t("app.loading")}</p>`}
    ${all && !all.length && html`<p class="empty">${t("letters.none")}</p>`}
    <div class="mailbox"><ul class="plain">${all?.map((one) => html`<li key=${one.id}><button type="button" class=${one.waiting ? "post waiting" : "post"} aria-expanded=${String(one.id === open)}
      data-testid="conversation" data-waiting=${String(one.waiting)} onClick=${() => setOpen(one.id === open ? null : one.id)}>
      <span><strong>${one.relative.name}</strong>${one.relation && ` (${tWord("relation", one.relation)})`} · ${one.resident.name}
        ${one.waiting && html` <span class="chip">${t("letters.waits")}</span>`}</span>
      <span class="post-text">${one.text}</span><span class="soft"><${Ago} key=${one.last_at} instant=${one.last_at} /></span></button></li>`)}</ul>
    ${chosen && html`<${Thread} key=${chosen.id} about=${chosen} changed=${again} />`}</div></section>`;
}

/** @param {{ about: Conversation, changed: () => void }} props */
function Thread({ about, changed }) {
  const path = `/conversations/${about.id}`;
  const { data, again } = usePolled(`${path}/messages`, EVERY_MS, [about.last_at]);
  const { busy, said, save } = useSaving();
  const request = useRef(freshId());
  const latest = /** @type {{ items: Message[] } | null} */ (data)?.items ?? [];
  const renew = () => { again(); changed(); };
  async function submit(/** @type {SubmitEvent} */ event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const text = String(fieldsOf(event).get("text"));
    if (await save(() => post(`${path}/messages`, { text, request: request.current, upto: latest[0]?.id ?? 0 }))) {
      request.current = freshId();
      form.reset();
    }
    renew();
  }
  const settle = async () => { await save(() => post(`${path}/settle`, { upto: latest[0]?.id ?? 0 })); renew(); };
  return html`<article class="card thread" data-testid="thread"><h2>${about.relative.name} · <a href=${href("residents", about.resident.id)}>${about.resident.name}</a></h2>
    <ol class="letters">${[...latest].reverse().map((one) => html`<${Letter} key=${one.id} message=${one} mine=${false} />`)}</ol>
    <form class="stack" onSubmit=${submit}><label>${t("letters.answer")}<textarea name="text" rows="3" maxlength="1000" required data-testid="answer-text"></textarea></label>
      <p class="order-steps"><button type="submit" class="primary" disabled=${busy} data-testid="answer-send">${t("letters.send")}</button>
        ${about.waiting && html`<button type="button" disabled=${busy} data-testid="answer-none" onClick=${settle}>${t("letters.settle")}</button>`}</p><${Note} said=${said} /></form></article>`;
}
