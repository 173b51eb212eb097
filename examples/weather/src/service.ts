/**
 * The weather service: `GET /weather?city=Sydney` answers the temperature there now.
 *
 * Its provider's token is the secret weatherproject/apiToken, read as a parameter. The service
 * reads it under a role of its own, keeps it in memory only, hears of a new one, and when the
 * provider refuses it, tries the newest and what a rotation has beside that: nobody redeploys, and
 * nobody waits, while the token rotates. The provider's answers are cached for as long as it allows
 * (RFC 9111), so that the quota lasts.
 */
import { createServer } from "node:http";
import { bearer, createSecrets } from "@claviger/client";
import { Agent, type Dispatcher, fetch, interceptors } from "undici";
import { type Listening, listening } from "./listening.ts";
import { roleCredentials } from "./role-credentials.ts";

export interface ServiceOptions {
  readonly providerUrl: string;
  /** The role that the service reads its token as. */
  readonly roleArn: string;
  readonly port?: number;
}

/**
 * The provider may close an idle connection in the moment that a request takes it: what only asks
 * is asked once more. Its answers are answers, whatever they say.
 */
const brokenConnections = {
  methods: ["GET" as const],
  errorCodes: ["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"],
  statusCodes: [],
  maxRetries: 1,
  minTimeout: 10,
};

/** Starts the service once it has its token; so a wrong permission shows at start, not at noon. */
export async function startService(options: ServiceOptions): Promise<Listening> {
  const { providerUrl: url, roleArn } = options;
  const secrets = createSecrets({ credentials: roleCredentials(roleArn) });
  const token = secrets.parameter("/aws/reference/secretsmanager/weatherproject/apiToken");
  await secrets.load();

  const rule = { header: "authorization", value: bearer(token) };
  const authorized = secrets.fetch({ [new URL(url).origin]: rule }, fetch);
  const dispatcher = new Agent().compose(
    interceptors.retry(brokenConnections),
    interceptors.cache({ type: "private" }),
  );
  const provider = { url, fetch: authorized, dispatcher };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://service");
    const { status, body, retryAfter } =
      url.pathname === "/weather"
        ? await weather(provider, url.searchParams.get("city"))
        : { status: 404, body: { error: "try /weather?city=Sydney" }, retryAfter: undefined };
    response.writeHead(status, {
      "content-type": "application/json",
      ...(retryAfter !== undefined && { "retry-after": retryAfter }),
    });
    response.end(`${JSON.stringify(body)}\n`);
  });
  return listening(server, options.port ?? 0);
}

interface Provider {
  readonly url: string;
  /** Sends the token along. */
  readonly fetch: typeof fetch;
  readonly dispatcher: Dispatcher;
}

/** `NotFound` of the library's errors, or `UND_ERR_SOCKET` of what undici's have as their cause. */
interface Failure {
  readonly name?: string;
  readonly code?: string;
  readonly cause?: { readonly code?: string };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfter?: string | undefined;
}

async function weather(provider: Provider, city: string | null): Promise<Answer> {
  if (city === null) return { status: 400, body: { error: "which city? ?city=Sydney" } };
  const url = `${provider.url}/v1/current?city=${encodeURIComponent(city)}`;
  try {
    const answer = await provider.fetch(url, { dispatcher: provider.dispatcher });
    const body = await answer.json();
    if (answer.ok || answer.status === 404) return { status: answer.status, body };
    return {
      status: answer.status === 429 ? 503 : 502,
      body: { error: `the weather provider answered ${answer.status}` },
      retryAfter: answer.headers.get("retry-after") ?? undefined,
    };
  } catch (error) {
    // The library's and undici's errors hold no token; still, only names are told.
    const { name = "failure", code, cause } = Object(error) as Failure;
    const why = code ?? cause?.code;
    process.stderr.write(`weather: ${why === undefined ? name : `${name}, ${why}`}\n`);
    return { status: 502, body: { error: "the weather provider can't be reached" } };
  }
}

if (import.meta.main) {
  const { WEATHER_PROVIDER_URL = "", WEATHER_ROLE_ARN = "", PORT } = process.env;
  const service = await startService({
    providerUrl: WEATHER_PROVIDER_URL,
    roleArn: WEATHER_ROLE_ARN,
    port: Number(PORT ?? 0),
  });
  process.stdout.write(`${service.url}\n`);
}
