// @ts-check
/**
 * The outbox as it lies on this phone (IndexedDB): the page and the service worker both read and write it. A browser
 * that forbids storage keeps it as long as the page is open.
 */

/** @typedef {import("./outbox.js").Wish} Wish */

const [NAME, SHELF] = ["nowalls", "wishes"];

/** @type {Map<string, Wish>} */
const instead = new Map();
/** @type {Promise<IDBDatabase | null> | null} */
let opened = null;

/** @returns {Promise<IDBDatabase | null>} null where nothing can be kept */
function open() {
  opened ??= new Promise((tell) => {
    try {
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(SHELF, { keyPath: "key" });
      asked.onsuccess = () => tell(asked.result);
      asked.onerror = () => tell(null);
    } catch (error) {
      console.info("storage not available", error);
      tell(null);
    }
  });
  return opened;
}

/**
 * @param {IDBTransactionMode} mode
 * @param {(shelf: IDBObjectStore) => IDBRequest} work
 * @param {() => any} otherwise  where there is no database
 * @returns {Promise<any>}
 */
async function on(mode, work, otherwise) {
  const base = await open();
  if (!base) return otherwise();
  return new Promise((tell, refuse) => {
    const change = base.transaction(SHELF, mode);
    const asked = work(change.objectStore(SHELF));
    change.oncomplete = () => tell(asked.result);
    change.onabort = change.onerror = () => refuse(change.error ?? new Error("storage"));
  });
}

/** All wishes, the oldest first. @returns {Promise<Wish[]>} */
export async function all() {
  /** @type {Wish[]} */
  const found = await on("readonly", (shelf) => shelf.getAll(), () => [...instead.values()]);
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** @param {Wish} wish */
export const keep = (wish) => on("readwrite", (shelf) => shelf.put(wish), () => instead.set(wish.key, wish));
/** @param {string} key */
export const discard = (key) => on("readwrite", (shelf) => shelf.delete(key), () => instead.delete(key));
/** Personal data does not stay on a phone that nobody is signed in on. */
export const empty = () => on("readwrite", (shelf) => shelf.clear(), () => instead.clear());

/**
 * Run `work` while nobody else, page or service worker, sends; undefined when somebody does.
 * @template T @param {() => Promise<T>} work @returns {Promise<T | undefined>}
 */
export function alone(work) {
  if (!navigator.locks) return work(); // without https there is no service worker either
  return navigator.locks.request("nowalls.outbox", { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}
