// @ts-check
/** The one place where the view library is named: everything else imports from here. */
import { h, render, Fragment, options } from "../vendor/preact.js";
import htm from "../vendor/htm.js";

// A burst of messages is drawn once a frame, not once a message. A hidden page has no frames, but its title and its
// sound do not wait for drawing.
options.debounceRendering = (draw) => {
  if (document.hidden) setTimeout(draw, 0);
  else requestAnimationFrame(draw);
};

export const html = htm.bind(h);
export { h, render, Fragment };
export { useState, useEffect, useLayoutEffect, useRef, useMemo, useCallback } from "../vendor/hooks.js";
export { signal, computed, effect, batch, untracked, useSignal, useComputed, useSignalEffect } from "../vendor/signals.js";
