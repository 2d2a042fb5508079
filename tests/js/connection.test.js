import assert from "node:assert/strict";
import { test } from "node:test";
import { retryDelay, startConnection } from "../../dashboards/static/app/live/connection.js";
import { reduce } from "../../dashboards/static/app/live/reducer.js";
import { EMPTY } from "../../dashboards/static/app/live/state.js";
import { hello, said } from "./made.js";

/** A network, a clock and a store that the test plays by hand. */
function world() {
  const w = { state: EMPTY, at: 0, sockets: [], waiting: [], signedOut: 0 };
  w.connection = startConnection({
    open: (cursor) => {
      const socket = { cursor, closed: false, onmessage: null, onclose: null, close() { this.closed = true; } };
      w.sockets.push(socket);
      return socket;
    },
    dispatch: (event) => { w.state = reduce(w.state, event); },
    state: () => w.state,
    now: () => w.at,
    later: (run, ms) => w.waiting.push({ run, ms }),
    signedOut: () => { w.signedOut += 1; },
    chance: () => 0.5,
  });
  w.socket = () => w.sockets.at(-1);
  w.says = (message, socket = w.socket()) => socket.onmessage({ data: JSON.stringify(message) });
  return w;
}

test("after a broken connection it comes back with the cursor of the last thing it heard", () => {
  const w = world();
  assert.equal(w.socket().cursor, null);
  w.says(hello());
  w.says(said({}, "c42"));
  w.socket().onclose({ code: 1006 });
  assert.equal(w.state.link.phase, "lost");
  w.waiting.shift().run();
  assert.equal(w.sockets.length, 2);
  assert.equal(w.socket().cursor, "c42");
  w.says(hello({ resumed: true, cursor: "c42" }));
  assert.equal(w.state.link.phase, "live");
});

test("a socket that has gone silent is given up, and what it says later does not count", () => {
  const w = world();
  w.says(hello());
  const silent = w.socket();
  w.at = 13_000;
  w.connection.tick();
  assert.equal(w.state.link.phase, "lost");
  assert.ok(silent.closed);
  assert.equal(w.sockets.length, 2, "a new one was opened at once");
  w.says(said({ id: "ghost" }), silent);
  silent.onclose({ code: 1000 });
  assert.equal(w.state.active.size, 0);
  assert.equal(w.waiting.length, 0, "its late end starts no second connection");
});

test("a server that has ended the session is not asked for ever", () => {
  const w = world();
  w.says(hello());
  w.socket().onclose({ code: 4401 });
  assert.equal(w.signedOut, 1);
});

test("it waits longer after each failure, never longer than some seconds, and not all boards at once", () => {
  const waits = [1, 2, 3, 4, 5, 20].map((failures) => retryDelay(failures, 0.5));
  assert.deepEqual(waits, [300, 600, 1200, 2400, 4800, 5000]);
  assert.ok(retryDelay(3, 0) < retryDelay(3, 1));
});

test("a stopped connection stays stopped", () => {
  const w = world();
  w.says(hello());
  w.connection.stop();
  assert.ok(w.socket().closed);
  w.waiting.forEach(({ run }) => run());
  assert.equal(w.sockets.length, 1);
});
