/**
 * The transport that needs no SDK: fetch, Signature Version 4, AWS JSON. One attempt a call; but
 * like the AWS SDKs it signs anew, once each, what was refused for the clock's sake or because the
 * credentials have ended.
 */
import type { CredentialProvider, Credentials } from "../credentials/credentials.ts";
import { type KeptCredentials, keepCredentials } from "../credentials/kept-credentials.ts";
import { type Environment, readSharedFiles } from "../credentials/shared-files.ts";
import { jsonRequest, outputOf } from "./aws-json.ts";
import { ClockOffset } from "./clock-offset.ts";
import { type Endpoint, endpointOf, regionIn } from "./endpoints.ts";
import { exchange } from "./exchange.ts";
import { isOfEndedCredentials } from "./failures.ts";
import { signed } from "./signature.ts";
import type { Service, Transport, TransportError } from "./transport.ts";

export interface SignedTransportOptions {
  /** Found as the AWS SDKs find it unless given; so too the endpoint and the credentials. */
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly credentials?: Credentials | CredentialProvider | undefined;
  /** Of one attempt. */
  readonly timeoutSeconds: number;
  /** This process's unless given. */
  readonly environment?: Environment | undefined;
}

export interface SignedTransport extends Transport {
  /** What the change feed signs with too. */
  readonly credentials: KeptCredentials;
  /** The configured endpoint of a service: there may be a change feed. undefined where it is AWS. */
  configuredEndpoint(service: Service): URL | undefined;
}

/** Never throws: what is misconfigured is said by the first `send`. */
export function signedTransport(options: SignedTransportOptions): SignedTransport {
  const { environment = process.env, endpoint, timeoutSeconds } = options;
  const files = once(() => readSharedFiles(environment));
  const region = options.region ?? regionIn(environment, files) ?? "";
  const credentials = keepCredentials(providerOf(options, environment, region));
  const place = () => ({ environment, files: files(), region, endpoint });
  const services = {
    ssm: { clock: new ClockOffset(), endpoint: once(() => endpointOf("ssm", place())) },
    secretsmanager: {
      clock: new ClockOffset(),
      endpoint: once(() => endpointOf("secretsmanager", place())),
    },
  };

  return {
    region,
    credentials,
    configuredEndpoint: (service) => configuredUrl(services[service].endpoint),
    async send(service, operation, input, signal) {
      const { clock, endpoint } = services[service];
      const request = jsonRequest(endpoint().url, service, operation, input);
      const limits = { timeoutMilliseconds: timeoutSeconds * 1000, signal };
      for (let mayMendClock = true, mayRenew = true; ; ) {
        const current = await credentials.get(signal);
        const date = clock.now();
        const signing = { service, region, credentials: current, date };
        const reply = await exchange(await signed(request, signing), limits);
        try {
          return outputOf(reply);
        } catch (error) {
          const { code } = error as TransportError;
          if (mayMendClock && clock.corrects(code, reply.headers.get("date"), date)) {
            mayMendClock = false;
          } else if (mayRenew && isOfEndedCredentials(code)) {
            mayRenew = false;
            if (!(await credentials.renew(current, signal))) throw error;
          } else throw error;
        }
      }
    },
  };
}

function providerOf(
  { credentials }: SignedTransportOptions,
  environment: Environment,
  region: string,
): CredentialProvider {
  if (typeof credentials === "function") return credentials;
  if (credentials !== undefined) return async () => credentials;
  return async () => {
    const { defaultCredentials } = await import("../credentials/default-chain.ts");
    return defaultCredentials(environment, region);
  };
}

function configuredUrl(endpoint: () => Endpoint): URL | undefined {
  try {
    const { url, isConfigured } = endpoint();
    return isConfigured ? url : undefined;
  } catch {
    return undefined;
  }
}

/** Found when first asked for; what throws is asked again. */
function once<Result>(find: () => Result): () => Result {
  let found: { readonly result: Result } | undefined;
  return () => {
    found ??= { result: find() };
    return found.result;
  };
}
