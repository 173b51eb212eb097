/** Puts a client together: transport, calls, cache, references, rotation and push. */
import { addressesOf } from "./cache/addresses.ts";
import { Entries } from "./cache/entries.ts";
import { Calls } from "./calls/calls.ts";
import { type AnyFetch, authorizedFetch, type FetchRules } from "./fetch/authorized-fetch.ts";
import { loadAll } from "./load.ts";
import { Push } from "./push.ts";
import { redact } from "./redaction/redact.ts";
import { References } from "./references/references.ts";
import { Rotation } from "./rotation/use.ts";
import type { Secrets, SecretsOptions } from "./secrets.ts";
import { tokenAddress } from "./tokens/token-source.ts";
import { sdkTransport } from "./transport/sdk-transport.ts";
import { signedTransport } from "./transport/signed-transport.ts";
import type { Transport } from "./transport/transport.ts";

/**
 * A client with a cache of its own; a process needs one. Throws RangeError for a limit that is no
 * limit; what else is misconfigured is said by the first fetch.
 */
export function createSecrets(options: SecretsOptions = {}): Secrets {
  const { region, endpoint, credentials, clients, timeoutSeconds = 5, push = true } = options;
  within("timeoutSeconds", timeoutSeconds, 0.001, 3600);
  const signed = signedTransport({ region, endpoint, credentials, timeoutSeconds });
  const feed = push ? new Push(signed) : undefined;
  const ours = feed?.transport ?? signed;
  const transport = clients === undefined ? ours : sdkTransport({ clients, timeoutSeconds }, ours);
  const { entries, secrets } = secretsOver(transport, options);
  feed?.tell(entries);
  const close = () => feed?.close();
  return Object.freeze({ ...secrets, close, [Symbol.dispose]: close });
}

/** The client over any transport: what is left when the way out is somebody else's. */
export function secretsOver(transport: Transport, options: CacheSettings) {
  const { ttlSeconds = 300, maxStaleSeconds = 3600, maxEntries = 1000 } = options;
  within("ttlSeconds", ttlSeconds, 0);
  within("maxStaleSeconds", maxStaleSeconds, 0);
  within("maxEntries", maxEntries, 1);
  const clock = options.clock ?? (() => performance.now());
  const random = Math.random;
  const entries = new Entries({
    clock,
    random,
    ttlMilliseconds: ttlSeconds * 1000,
    maxStaleMilliseconds: maxStaleSeconds * 1000,
    entriesMax: maxEntries,
  });
  const addresses = addressesOf(new Calls({ transport, clock, random }), clock);
  const references = new References(entries, addresses, clock);
  const rotation = new Rotation(clock);
  const use: Secrets["use"] = (reference, call, how) => rotation.use(reference, call, how);
  const secrets: Omit<Secrets, "close" | typeof Symbol.dispose> = {
    parameter: (name, selection) => references.text(addresses.parameter(name, selection)),
    secret: (id, selection) => references.text(addresses.secret(id, selection)),
    binary: (id, selection) => references.bytes(addresses.secret(id, selection)),
    json: references.json.bind(references) as Secrets["json"],
    env: (name) => references.text(addresses.environment(name)),
    dotenv: (file, name) => references.text(addresses.dotenv(file, name)),
    reference: (written) => references.written(written),
    firstOf: (first, ...others) => references.firstOf(first, others),
    byPath: (path) => references.tree(path),
    token: (tokens) => references.text(tokenAddress(tokens, use)),
    load: (how) => loadAll(references.declared(), how),
    use,
    fetch: ((rules: FetchRules, send: AnyFetch = globalThis.fetch) =>
      authorizedFetch(rules, use, send as typeof globalThis.fetch)) as Secrets["fetch"],
    redact,
  };
  return { entries, secrets };
}

/** What concerns the cache alone. */
export type CacheSettings = Pick<
  SecretsOptions,
  "ttlSeconds" | "maxStaleSeconds" | "maxEntries" | "clock"
>;

/** What was read from the environment and is NaN would cache nothing, or never let go of anything. */
function within(name: string, value: number, least: number, most = Number.POSITIVE_INFINITY): void {
  if (typeof value === "number" && value >= least && value <= most) return;
  const range =
    most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new RangeError(`${name} must be a number ${range}`);
}
