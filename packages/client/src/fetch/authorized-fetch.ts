/**
 * A `fetch` that adds a credential to what goes to exactly its origin: not on a redirect to another,
 * not over HTTP but to this machine. When the provider answers 401 it does what `use` does: one
 * refresh and one retry, then the overlap of a rotation.
 */
import type { Reference } from "../reference.ts";
import type { Secrets } from "../secrets.ts";
import { bare, type HeaderValue } from "./header-value.ts";
import { type Answer, followRedirects, type Hop, isReplayable } from "./redirects.ts";
import { isSafeForSecrets } from "./safe-origin.ts";

/** Which credential goes to which origin: `{ "https://api.provider.example": { … } }`. */
export type FetchRules = Readonly<Record<string, FetchRule>>;

export interface FetchRule {
  /** "authorization", "x-api-key", … */
  readonly header: string;
  /** `bearer(token)`, `basic(user, password)`, template`Token ${token}`, or a reference as it is. */
  readonly value: HeaderValue | Reference<string>;
}

/** Node's own, undici's, or another one that keeps to the standard. */
export type AnyFetch = (input: never, init?: never) => Promise<unknown>;

type Fetch = typeof globalThis.fetch;

/** Throws TypeError where a rule's key is no origin, or one that a secret must not be sent to. */
export function authorizedFetch(rules: FetchRules, use: Secrets["use"], send: Fetch): Fetch {
  const byOrigin = new Map(Object.entries(rules).map(([key, rule]) => [originOf(key), rule]));
  return async (input, init) => {
    const exchange = new Exchange(send, input, init);
    const rule = byOrigin.get(exchange.url.origin);
    if (rule === undefined) return send(input, init);
    const { header } = rule;
    const value = "render" in rule.value ? rule.value : bare(rule.value);
    const answer = use(
      value.reference,
      (secret) => exchange.attempt(header, value.render(secret)),
      { isRefused: isUnauthorized },
    );
    const answered = await unlessAborted(answer, exchange.signal);
    // The last, whichever `use` answers with: those before it have been done away with.
    return (exchange.last ?? answered).response;
  };
}

/** What a caller asked of `fetch`, to be sent once or, with a newer credential, again. */
class Exchange {
  readonly url: URL;
  last: Answer | undefined;
  readonly #send: Fetch;
  readonly #input: Parameters<Fetch>[0];
  readonly #request: Request | undefined;
  readonly #init: RequestInit;

  constructor(send: Fetch, input: Parameters<Fetch>[0], init: RequestInit = {}) {
    this.#send = send;
    this.#input = input;
    this.#init = init;
    // Undici's Request is another class than Node's.
    this.#request = typeof input === "object" && "method" in input ? input : undefined;
    this.url = new URL(this.#request?.url ?? String(input));
  }

  /** What can't be sent again is answered as before, and leaves the newer value to the next. */
  async attempt(header: string, value: string): Promise<Answer> {
    if (this.last !== undefined && !isReplayable(this.#body)) return this.last;
    await this.last?.response.body?.cancel();
    this.last = await this.#exchange(header, value);
    return this.last;
  }

  #exchange(header: string, value: string): Promise<Answer> {
    const headers = new Headers(this.#init.headers ?? this.#request?.headers);
    headers.set(header, value);
    const first: Hop = { url: this.url, method: this.#method, headers, body: this.#body };
    const redirect = this.#init.redirect ?? this.#request?.redirect ?? "follow";
    if (redirect === "follow") {
      return followRedirects(first, header, (hop) =>
        hop === first ? this.#sendFirst(hop, "manual") : this.#sendOn(hop),
      );
    }
    return this.#sendFirst(first, redirect).then((response) => ({
      response,
      isCredentialSent: true,
    }));
  }

  /** As it was given, but for its headers. */
  #sendFirst({ headers }: Hop, redirect: "manual" | "error"): Promise<Response> {
    return this.#send(this.#input, { ...this.#init, headers: [...headers], redirect });
  }

  #sendOn({ url, method, headers, body }: Hop): Promise<Response> {
    const { signal = null } = this;
    const init = { ...this.#init, method, headers: [...headers], body: body ?? null, signal };
    return this.#send(url.href, { ...init, redirect: "manual" });
  }

  get signal(): AbortSignal | undefined {
    return this.#init.signal ?? this.#request?.signal;
  }

  get #method(): string {
    return (this.#init.method ?? this.#request?.method ?? "GET").toUpperCase();
  }

  get #body(): RequestInit["body"] {
    return this.#init.body ?? this.#request?.body;
  }
}

/** Whoever has gone waits for no secret either; nothing is sent for them after that. */
async function unlessAborted<Result>(
  result: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  if (signal === undefined) return result;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const leave = () => reject(signal.reason);
  if (signal.aborted) leave();
  signal.addEventListener("abort", leave, { once: true });
  try {
    return await Promise.race([aborted, result]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}

/** Not where a redirect led to another origin: that one never had the credential. */
function isUnauthorized(answer: unknown): boolean {
  const { response, isCredentialSent } = answer as Answer;
  return isCredentialSent && response.status === 401;
}

function originOf(key: string): string {
  const url = URL.parse(key);
  if (url === null || url.href !== `${url.origin}/`) {
    throw new TypeError(`${key} is no origin, such as https://api.provider.example`);
  }
  if (isSafeForSecrets(url)) return url.origin;
  throw new TypeError(`${key} would get secrets in the clear: https: only, or http: to loopback`);
}
