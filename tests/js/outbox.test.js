import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { add, afterConflict, amend, drop, expected, next, retryAfter, said, undoUntil } from "../../dashboards/static/app/respond/outbox.js";
import { carry } from "../../dashboards/static/app/respond/carry.js";
import { BY_KIND } from "../../dashboards/static/app/respond/checklist.js";
import { isEcho } from "../../dashboards/static/app/parts/taps.js";
import { geoLink, sort, standing } from "../../dashboards/static/app/respond/mine.js";
import { incident } from "./made.js";

const ME = 7, OTHER = 8;
const wish = (own = {}) => ({ key: "k", kind: "action", subject: "a", body: { action: "arrive" }, from: "responding", at: 0, tries: 0, refused: null, ...own });
const by = (id, data = {}) => ({ actor: { id }, data });

test("what waits is sent in the order in which it was done; a refusal holds nothing up", () => {
  const box = [wish({ key: "1" }), wish({ key: "2" })];
  assert.equal(next(box).key, "1");
  assert.equal(next(amend(box, "1", { refused: "lost-race" })).key, "2");
  assert.equal(next(drop(drop(box, "1"), "2")), null);
});

test("only the last word on being free counts", () => {
  const yes = wish({ key: "1", kind: "state", body: { available: true } }), no = wish({ key: "2", kind: "state", body: { available: false } });
  assert.deepEqual(add(add([wish({ key: "0" })], yes), no).map(({ key }) => key), ["0", "2"]);
});

test("the phone shows what will be, once all has been sent", () => {
  const box = [wish({ body: { action: "respond" } }), wish({ body: { action: "arrive" } })];
  assert.equal(expected("open", box, "a"), "on_site");
  assert.equal(expected("open", box, "b"), "open");
  assert.equal(expected("open", [wish({ refused: "too-late" })], "a"), "open");
});

test("a repeat of what has arrived is done; what somebody else did is refused; what still can be is sent again", () => {
  const at = (state, events, own = {}) => ({ state, version: 9, allowed: [], acknowledged_by: null, events, ...own });
  assert.equal(afterConflict(wish(), at("on_site", [by(ME)]), ME), "done", "its answer was lost on the way");
  assert.equal(afterConflict(wish(), at("on_site", [by(ME), by(OTHER)]), ME), "refused");
  assert.equal(afterConflict(wish(), at("resolved", [by(OTHER)]), ME), "refused");
  assert.equal(afterConflict(wish(), at("responding", [by(OTHER)], { allowed: ["arrive"] }), ME), "again", "a note raised the version");
  const taken = wish({ body: { action: "acknowledge" } });
  assert.equal(afterConflict(taken, at("acknowledged", [], { acknowledged_by: { id: ME } }), ME), "done");
});

test("a note is written once", () => {
  const note = wish({ body: { action: "note", note: "door is open" } });
  const events = [by(ME, { note: "door is open" })];
  assert.ok(said({ events }, ME, "door is open"));
  assert.ok(!said({ events }, OTHER, "door is open"));
  assert.equal(afterConflict(note, { state: "open", version: 2, allowed: ["note"], acknowledged_by: null, events }, ME), "done");
});

const offer = (own = {}) => ({ id: 1, incident: incident({ id: "a" }), offered_at: "2026-03-01T03:00:00Z", expires_at: "2026-03-01T03:01:00Z",
  answer: null, answered_at: null, travel_s: null, distance_m: null, ...own });
const NOW = Date.parse("2026-03-01T03:00:30Z");

test("an offer stands until it is answered, here or anywhere, or its time is over", () => {
  assert.equal(standing([offer()], new Set(), NOW).length, 1);
  assert.equal(standing([offer()], new Set(["1"]), NOW).length, 0);
  assert.equal(standing([offer({ answer: "withdrawn" })], new Set(), NOW).length, 0);
  assert.equal(standing([offer()], new Set(), NOW + 60_000).length, 0);
  assert.equal(standing([offer({ incident: null })], new Set(), NOW).length, 0);
});

test("mine is what I took, agreed to, or have acted on; a volunteer's offer is all they hear of it", () => {
  const ids = (list) => list.map(({ id }) => id);
  const active = [incident({ id: "a", acknowledged_by: { id: ME } }), incident({ id: "b" }), incident({ id: "c" })];
  const { mine, others } = sort(active, [], ME, new Set(["c"]));
  assert.deepEqual(ids(mine).sort(), ["a", "c"]);
  assert.deepEqual(ids(others), ["b"]);
  const volunteer = sort([], [offer({ answer: "accepted" })], ME, new Set());
  assert.deepEqual(ids(volunteer.mine), ["a"]);
  assert.deepEqual(sort([], [offer({ answer: "refused" })], ME, new Set()).others, []);
});

test("navigation goes by position, or by address where there is none", () => {
  assert.equal(geoLink({ lat: 35.4, lon: 116.6, address: "1 Lane" }), "geo:35.4,116.6?q=35.4%2C116.6(1%20Lane)");
  assert.equal(geoLink({ address: "北门 3 号" }), `geo:0,0?q=${encodeURIComponent("北门 3 号")}`);
});

test("a picture holds up no word", () => {
  const box = [wish({ key: "1", kind: "photo" }), wish({ key: "2" })];
  assert.equal(next(box).key, "2");
  assert.equal(next(drop(box, "2")).key, "1");
});

test("it tries again soon, then seldom", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 60].map(retryAfter), [1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
});

const refusing = (status, code) => async () => { throw Object.assign(new Error(code), { status, code }); };
const ports = (own = {}) => ({ get: async () => ({}), post: async () => ({}), put: async () => ({}), learn: () => {}, me: ME, ...own });

test("what may go better later waits; what the server will always refuse is said", async () => {
  for (const status of [0, 401, 408, 429, 500, 503]) assert.equal(await carry(wish(), ports({ post: refusing(status, "x") })), "waits");
  assert.deepEqual(await carry(wish({ kind: "photo", body: { taken_at: "" } }), ports({ post: refusing(422, "photo-broken") })), { refused: "photo-broken" });
  assert.equal(await carry(wish(), ports()), "sent");
});

test("a repeat whose first answer was lost is sent again only where it is still to be done", async () => {
  const current = { state: "responding", version: 4, allowed: ["arrive"], acknowledged_by: null, events: [by(OTHER)] };
  const asked = [];
  const post = async (path, body) => {
    asked.push([path, body.version]);
    if (asked.length === 1) await refusing(409, "lost-race")();
    return { ...current, state: "on_site" };
  };
  assert.equal(await carry(wish({ body: { action: "arrive", version: 2 } }), ports({ post, get: async () => current })), "sent");
  assert.deepEqual(asked, [["/incidents/a/actions", 2], ["/incidents/a/actions", 4]]);
});

test("a photo goes with what it is of and when it was taken", async () => {
  let sent;
  await carry(wish({ kind: "photo", body: { taken_at: "2026-03-01T03:00:00Z", file: "blob" } }), ports({ post: async (...all) => { sent = all; } }));
  assert.deepEqual(sent, ["/photos?subject=incident%3Aa&taken_at=2026-03-01T03%3A00%3A00Z", "blob"]);
});

test("one's own last step can be taken back for half a minute, and nobody else's", () => {
  const at = "2026-03-01T03:00:00Z", end = Date.parse(at) + 30_000;
  const step = (kind, id = ME) => ({ actor: id ? { id } : { system: "engine" }, kind, at, data: {} });
  assert.equal(undoUntil({ events: [step("opened", 0), step("resolved")] }, ME), end);
  assert.equal(undoUntil({ events: [step("resolved"), step("noted", OTHER)] }, ME), end, "a note changes nothing");
  for (const events of [[], [step("arrived")], [step("resolved", OTHER)], [step("resolved"), step("undone")], [step("acknowledged"), step("escalated", 0)]]) {
    assert.equal(undoUntil({ events }, ME), null);
  }
});

test("the second tap of a trembling thumb is no tap; one elsewhere or later is", () => {
  const tap = (at, x = 100, y = 700) => ({ at, x, y });
  assert.ok(isEcho(tap(0), tap(150, 104, 705)));
  assert.ok(!isEcho(null, tap(0)));
  assert.ok(!isEcho(tap(0), tap(700)));
  assert.ok(!isEcho(tap(0), tap(150, 100, 500)));
});

test("there is a list of what to look at for every kind of incident that somebody is sent to", () => {
  const core = readFileSync(new URL("../../core/kind.py", import.meta.url), "utf8");
  const kinds = [...core.matchAll(/Kind\("(\w+)", "\w+", \d+, "(\w+)"/g)].filter(([, , about]) => about !== "platform").map(([, name]) => name);
  assert.ok(kinds.length > 20);
  for (const kind of kinds) assert.ok(BY_KIND[kind]?.length >= 3, kind);
});
