// @ts-check
/** Passkeys: the server's options into the browser's form, and the browser's answer into JSON. */

/** @param {string} text base64url */
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));

/** @param {ArrayBuffer | null | undefined} buffer */
function text(buffer) {
  if (!buffer) return undefined;
  const letters = Array.from(new Uint8Array(buffer), (one) => String.fromCharCode(one)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {any[] | undefined} known */
const withBytes = (known) => known?.map((one) => ({ ...one, id: bytes(one.id) }));

/** Without TLS, and at a numeric address, browsers know no passkeys. */
export const passkeysWork = () => window.isSecureContext && "credentials" in navigator && "PublicKeyCredential" in window
  && !/^[\d.]+$|:/.test(location.hostname);

/** What went wrong in the browser: mostly somebody thought better of it. */
export class PasskeyProblem extends Error {
  constructor() {
    super("passkey-cancelled");
    this.code = "passkey-cancelled";
  }
}

/** @param {any} credential */
function asJson(credential) {
  const { response } = credential;
  return {
    id: credential.id, rawId: text(credential.rawId), type: credential.type, clientExtensionResults: {},
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    response: {
      clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject),
      transports: response.getTransports?.(), authenticatorData: text(response.authenticatorData),
      signature: text(response.signature), userHandle: text(response.userHandle),
    },
  };
}

/** @param {any} options of navigator.credentials.create, as the server sends them */
export async function makePasskey(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: withBytes(options.excludeCredentials) };
  const made = await navigator.credentials.create({ publicKey }).catch(() => null);
  if (!made) throw new PasskeyProblem();
  return asJson(made);
}

/** @param {any} options of navigator.credentials.get, as the server sends them */
export async function showPasskey(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: withBytes(options.allowCredentials) };
  const shown = await navigator.credentials.get({ publicKey }).catch(() => null);
  if (!shown) throw new PasskeyProblem();
  return asJson(shown);
}
