// What is pressed while the phone reads its outbox is sent, too.
import test from "node:test";
import assert from "node:assert/strict";
import { phone } from "./phone.js";

const tick = () => new Promise((go) => setTimeout(go, 0));

/** @type {string[]} */
let sent = [];
phone(({ action, available }) => sent.push(action ?? String(available)));

test("a second press at any moment of the first one's sending goes out, too", async () => {
  const { session } = await import("../../dashboards/static/app/session.js");
  const { send, outbox } = await import("../../dashboards/static/app/respond/sending.js");
  session.value = /** @type {any} */ ({ account: { id: 7 }, grants: [], csrf: "" });
  /** @type {number[]} */
  const lost = [];
  for (let moment = 0; moment < 60; moment++) {
    sent = [];
    send({ kind: "action", subject: "i", from: "open", body: { action: "arrive" } });
    for (let n = 0; n < moment; n++) await null;
    send({ kind: "action", subject: "i", from: "on_site", body: { action: "resolve", outcome: "help_given" } });
    for (let n = 0; n < 20; n++) await tick();
    if (sent.join() !== "arrive,resolve" || outbox.value.length) lost.push(moment);
    outbox.value = [];
    for (let n = 0; n < 5; n++) await tick();
  }
  assert.deepEqual(lost, [], "moments (microtasks after the first press) at which the second press stays on the phone");
});
