// @ts-check
/** Something fetched for a component: { data, error, again }. A newer request always wins over an older one. */
import { useEffect, useState } from "../html.js";
import { get } from "../api.js";

/**
 * @template T
 * @param {string} path
 * @param {readonly unknown[]} [also]  fetch again when one of these changes; the old data stays meanwhile
 * @returns {{ data: T | null, error: any, again: () => void }}
 */
export function useRemote(path, also = []) {
  const [data, setData] = useState(/** @type {{ path: string, value: T } | null} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let current = true;
    get(path).then(
      (value) => { if (current) { setData({ path, value }); setError(null); } },
      (problem) => { if (current) setError(problem); },
    );
    return () => { current = false; };
  }, [path, turn, ...also]);
  return { data: data?.path === path ? data.value : null, error, again: () => setTurn((n) => n + 1) };
}

/**
 * Fetched now and again; null until the first answer. A failed turn keeps the last answer: the connection sign
 * says that the page is not live.
 * @param {string} path
 * @param {number} everyMs
 * @param {readonly unknown[]} [also]  fetch at once when one of these changes
 * @returns {{ data: any, error: any, again: () => void }}
 */
export function usePolled(path, everyMs, also = []) {
  const remote = useRemote(path, also);
  useEffect(() => {
    const timer = setInterval(remote.again, everyMs);
    return () => clearInterval(timer);
  }, [path, everyMs]);
  return remote;
}
