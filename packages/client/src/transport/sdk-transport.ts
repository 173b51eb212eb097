/**
 * The transport of those who have clients of the AWS SDK v3: its retries, endpoints and credentials
 * are theirs. What comes out is what the wire's JSON has, so that nobody behind it can tell.
 */
import { serviceFailure } from "./failures.ts";
import { type Service, type Transport, TransportError } from "./transport.ts";

export interface Clients {
  readonly ssm?: Client | undefined;
  readonly secretsManager?: Client | undefined;
}

/** Any client of the SDK: `SSMClient`, `SSM`, `SecretsManagerClient`, `SecretsManager`. */
export interface Client {
  // biome-ignore lint/suspicious/noExplicitAny: a client's own types know its commands only.
  send(command: any, options?: any): Promise<unknown>;
}

export interface SdkTransportOptions {
  readonly clients: Clients;
  /** Of one call, the client's own retries included: a client alone would wait for ever. */
  readonly timeoutSeconds: number;
}

/** What has no client goes by `others`. */
export function sdkTransport(
  { clients, timeoutSeconds }: SdkTransportOptions,
  others: Transport,
): Transport {
  const byService = { ssm: clients.ssm, secretsmanager: clients.secretsManager };
  return {
    region: others.region,
    async send(service, operation, input, signal) {
      const client = byService[service];
      if (client === undefined) return others.send(service, operation, input, signal);
      signal?.throwIfAborted();
      const command = await commandOf(service, operation, input);
      const attempt = new AbortController();
      const abandon = () => attempt.abort(signal?.reason);
      const timer = setTimeout(() => attempt.abort(timedOut(service)), timeoutSeconds * 1000);
      signal?.addEventListener("abort", abandon, { once: true });
      const { promise: ended, reject: end } = Promise.withResolvers<never>();
      attempt.signal.addEventListener("abort", () => end(attempt.signal.reason), { once: true });
      try {
        // While it looks for credentials, a client heeds no signal.
        const sent = client.send(command, { abortSignal: attempt.signal });
        const { $metadata: _, ...output } = Object(await Promise.race([sent, ended]));
        return asJson(output) as Record<string, unknown>;
      } catch (error) {
        throw attempt.signal.aborted ? attempt.signal.reason : transportError(error);
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abandon);
      }
    },
  };
}

/** The commands' classes stand beside the client's, in the package that the caller has it from. */
async function commandOf(service: Service, operation: string, input: object): Promise<object> {
  const commands: object = await (service === "ssm"
    ? import("@aws-sdk/client-ssm").catch(notInstalled)
    : import("@aws-sdk/client-secrets-manager").catch(notInstalled));
  const name = `${operation}Command` as keyof typeof commands;
  return new (commands[name] as new (input: object) => object)(input);
}

/** Where one is caught, bundlers leave out what isn't installed. */
function notInstalled(cause: unknown): never {
  const message = "the AWS SDK of the client that was handed in can't be imported from here";
  throw new TransportError("Misconfigured", message, { kind: "refused", cause });
}

/** Bytes as base64, times as seconds since the epoch. */
function asJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, asJson(part)]));
}

interface SdkError extends Error {
  readonly $fault?: "client" | "server";
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
  readonly code?: unknown;
}

function transportError(thrown: unknown): TransportError {
  const error = thrown as SdkError;
  const { name, message, $metadata, $response } = error;
  const isExhausted = ($metadata?.attempts ?? 1) > 1;
  if (error.$fault !== undefined) {
    return serviceFailure({
      code: name,
      message: message.startsWith(name) ? message : `${name}: ${message}`,
      status: $metadata?.httpStatusCode,
      retryAfter: $response?.headers?.["retry-after"],
      isExhausted,
      cause: error,
    });
  }
  if (name === "CredentialsProviderError" || name === "TokenProviderError") {
    return new TransportError("NoCredentials", message, { kind: "outage", cause: error });
  }
  // What is left may be a parser's error, which quotes what it was given: only its code is told.
  const code = typeof error.code === "string" ? `: ${error.code}` : "";
  return new TransportError("Unreachable", `the AWS SDK got no reply that counts${code}`, {
    kind: "outage",
    isExhausted,
  });
}

function timedOut(service: Service): TransportError {
  const message = `the AWS SDK's client for ${service} did not answer in time`;
  return new TransportError("TimedOut", message, { kind: "outage" });
}
