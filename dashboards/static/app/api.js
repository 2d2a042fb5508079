// @ts-check
/** Talks HTTP to /api/v1: JSON in, JSON out, problem+json as `Problem`. */

const ROOT = "/api/v1";
let csrf = "";

/** @param {string} token */
export const setCsrf = (token) => { csrf = token; };

/** What the server said when it said no. `code` is the problem's slug; "unreachable" when there was no answer. */
export class Problem extends Error {
  /** @param {number} status @param {string} code @param {Record<string, any>} body */
  constructor(status, code, body) {
    super(body.detail || body.title || code);
    this.status = status;
    this.code = code;
    this.body = body;
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
async function call(method, path, body) {
  /** @type {Record<string, string>} */
  const headers = { accept: "application/json" };
  const file = body instanceof Blob; // a file goes as it is
  if (body !== undefined) headers["content-type"] = file ? body.type || "application/octet-stream" : "application/json";
  if (method !== "GET" && csrf) headers["x-csrf-token"] = csrf;
  let response;
  try {
    const sent = body === undefined || file ? body : JSON.stringify(body);
    response = await fetch(ROOT + path, { method, headers, body: /** @type {BodyInit | undefined} */ (sent) });
  } catch {
    throw new Problem(0, "unreachable", {});
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, answer.code ?? String(response.status), answer);
  return answer;
}

/** @param {string} path */
export const get = (path) => call("GET", path);
/** @param {string} path @param {unknown} body  JSON, or a file as a Blob */
export const post = (path, body) => call("POST", path, body);
/** @param {string} path @param {unknown} body */
export const put = (path, body) => call("PUT", path, body);
/** @param {string} path @param {unknown} body */
export const patch = (path, body) => call("PATCH", path, body);
/** @param {string} path */
export const remove = (path) => call("DELETE", path);

/** All pages of a list. @param {string} path with its query @returns {Promise<any[]>} */
export async function getAll(path) {
  const items = [];
  let cursor = "";
  do {
    const page = await get(cursor ? `${path}&cursor=${encodeURIComponent(cursor)}` : path);
    items.push(...page.items);
    cursor = page.next ?? "";
  } while (cursor);
  return items;
}

/** @param {Record<string, string | number | null | undefined>} params @returns {string} "?a=1" without empty ones */
export function query(params) {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) if (value) search.set(key, String(value));
  return search.size ? `?${search}` : "";
}
