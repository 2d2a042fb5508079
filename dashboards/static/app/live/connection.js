// @ts-check
/**
 * Keeps one WebSocket alive: opens, listens, notices silence, reconnects with the cursor. It decides
 * nothing about incidents; every message goes to `dispatch` as it came.
 *
 * @typedef {object} Ports  everything it touches outside itself, so that a test can play the world
 * @property {(cursor: string | null) => WebSocketLike} open
 * @property {(event: import("./reducer.js").Event) => void} dispatch
 * @property {() => import("./state.js").State} state
 * @property {() => number} now  local milliseconds
 * @property {(run: () => void, ms: number) => unknown} later
 * @property {() => void} signedOut  the server says that the session has ended
 * @property {() => number} chance  0 to 1, spreads a thousand boards that lost the same server
 *
 * @typedef {{ onmessage: any, onclose: any, close: () => void, send: (text: string) => void, readyState?: number }} WebSocketLike
 */

const OPEN = 1; // of WebSocket.readyState
const SIGNED_OUT = 4401; // the server's close code
const FIRST_RETRY_MS = 300;
const LONGEST_RETRY_MS = 5_000;

/** @param {number} failures in a row @param {number} chance @returns {number} milliseconds */
export function retryDelay(failures, chance) {
  const steps = Math.min(Math.max(failures - 1, 0), 8);
  return Math.min(FIRST_RETRY_MS * 2 ** steps, LONGEST_RETRY_MS) * (0.7 + 0.6 * chance);
}

/** @param {Ports} ports */
export function startConnection(ports) {
  /** @type {WebSocketLike | null} */
  let socket = null;
  let stopped = false;

  function open() {
    if (stopped) return;
    ports.dispatch({ type: "opening" });
    const mine = ports.open(ports.state().cursor);
    socket = mine;
    mine.onmessage = (/** @type {{ data: string }} */ event) => {
      if (socket === mine) ports.dispatch({ type: "message", message: JSON.parse(event.data), at: ports.now() });
    };
    mine.onclose = (/** @type {{ code?: number }} */ event) => {
      if (socket !== mine) return;
      lost();
      if (event?.code === SIGNED_OUT) ports.signedOut();
    };
  }

  function lost() {
    socket = null;
    ports.dispatch({ type: "closed" });
    ports.later(open, retryDelay(ports.state().link.failures, ports.chance()));
  }

  /** Call about once a second, and when the page wakes up. */
  function tick() {
    const before = ports.state().link.phase;
    ports.dispatch({ type: "tick", at: ports.now() });
    if (before === "live" && ports.state().link.phase === "lost" && socket) {
      const silent = socket;
      socket = null; // its late messages and its close no longer count
      silent.close();
      open();
    }
  }

  open();
  return {
    tick,
    /** Say something to the server if it hears us now; it is not kept for later. @param {unknown} message */
    say(message) {
      if (socket?.readyState === OPEN) socket.send(JSON.stringify(message));
    },
    stop() {
      stopped = true;
      const last = socket;
      socket = null;
      last?.close();
    },
  };
}
