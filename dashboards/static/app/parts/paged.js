// @ts-check
/** A list that comes in pages of a cursor, appended as the reader scrolls. */
import { useEffect, useRef, useState } from "../html.js";
import { get } from "../api.js";

/**
 * @template T
 * @typedef {{ items: T[], next: string | null, error: any, loading: boolean }} Loaded
 */

const PAGE = 200;

/**
 * @template T
 * @param {string} path  with its filters; a new path starts a new list
 * @returns {Loaded<T> & { more: () => void }}
 */
export function usePaged(path) {
  /** @type {[Loaded<T>, any]} */
  const [loaded, setLoaded] = useState(/** @type {Loaded<T>} */ ({ items: [], next: null, error: null, loading: true }));
  const current = useRef(path);
  const running = useRef(false);

  async function load(/** @type {string | null} */ cursor, /** @type {T[]} */ before) {
    running.current = true;
    try {
      const page = await get(`${path}${path.includes("?") ? "&" : "?"}limit=${PAGE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
      if (current.current === path) setLoaded({ items: [...before, ...page.items], next: page.next, error: null, loading: false });
    } catch (error) {
      if (current.current === path) setLoaded({ items: before, next: cursor, error, loading: false });
    } finally {
      if (current.current === path) running.current = false;
    }
  }

  useEffect(() => {
    current.current = path;
    setLoaded((/** @type {Loaded<T>} */ before) => ({ ...before, loading: true }));
    load(null, []);
  }, [path]);
  return { ...loaded, more: () => { if (loaded.next && !running.current) load(loaded.next, loaded.items); } };
}
