/**
 * Redirects as the Fetch standard has them, followed here so that a credential goes with them only
 * within its origin: https://fetch.spec.whatwg.org/#http-redirect-fetch
 */

/** One request as it goes out. */
export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: RequestInit["body"];
}

export interface Answer {
  readonly response: Response;
  /** False once a redirect has left the origin of the credential. */
  readonly isCredentialSent: boolean;
}

const redirectsMax = 20;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);
/** What must not follow to another origin, whoever set it. */
const boundToOrigin = ["authorization", "cookie", "host", "proxy-authorization"];
const aboutTheBody = [
  "content-encoding",
  "content-language",
  "content-length",
  "content-location",
  "content-type",
];

/** `send` makes one request and follows nothing; `credentialHeader` is among the first's headers. */
export async function followRedirects(
  first: Hop,
  credentialHeader: string,
  send: (hop: Hop) => Promise<Response>,
): Promise<Answer> {
  let hop = first;
  let isCredentialSent = true;
  for (let redirects = 0; ; redirects++) {
    const response = await send(hop);
    const location = response.headers.get("location");
    if (!redirectStatuses.has(response.status) || location === null) {
      if (redirects > 0) Object.defineProperty(response, "redirected", { value: true });
      return { response, isCredentialSent };
    }
    await response.body?.cancel();
    if (redirects === redirectsMax) throw new TypeError("fetch failed: too many redirects");
    hop = redirected(hop, location, response.status);
    // Who comes back from another origin comes without it, as the other one chose the address.
    if (hop.url.origin !== first.url.origin) {
      isCredentialSent = false;
      for (const name of [...boundToOrigin, credentialHeader]) hop.headers.delete(name);
    }
  }
}

function redirected(hop: Hop, location: string, status: number): Hop {
  const url = targetOf(location, hop.url);
  const headers = new Headers(hop.headers);
  if (becomesGet(hop.method, status)) {
    for (const name of aboutTheBody) headers.delete(name);
    return { url, method: "GET", headers, body: null };
  }
  if (!isReplayable(hop.body)) {
    throw new TypeError("fetch failed: a redirect asks for the body again, which is a stream");
  }
  return { ...hop, url, headers };
}

function becomesGet(method: string, status: number): boolean {
  if (status === 303) return method !== "GET" && method !== "HEAD";
  return status <= 302 && method === "POST";
}

function targetOf(location: string, base: URL): URL {
  const url = URL.parse(location, base.href);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TypeError("fetch failed: a redirect to what is no HTTP URL");
  }
  if (url.hash === "") url.hash = base.hash;
  return url;
}

/** Undici's own classes are not Node's, so they are told by their tags. */
const replayableTags = new Set(["ArrayBuffer", "Blob", "File", "FormData", "URLSearchParams"]);

/** A stream that has been sent is gone. */
export function isReplayable(body: RequestInit["body"]): boolean {
  if (body === undefined || body === null || typeof body === "string") return true;
  if (ArrayBuffer.isView(body)) return true;
  return replayableTags.has(Object.prototype.toString.call(body).slice("[object ".length, -1));
}
