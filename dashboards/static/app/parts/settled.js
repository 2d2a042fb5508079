// @ts-check
import { useEffect, useState } from "../html.js";

/** What is typed, once the typing pauses. @param {string} value @param {number} ms */
export function useSettled(value, ms) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
