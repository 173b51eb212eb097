/**
 * A stand-in for a third-party weather provider, a program of its own. It behaves as such
 * providers do: it knows accounts by their token, which endpoints each may call, a limit of
 * queries per second (429 with Retry-After) and a count for the bill. Its temperatures are
 * invented, and its administration has no lock: it is an example's prop.
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { listening } from "./listening.ts";

interface Account {
  readonly name: string;
  readonly endpoints: readonly string[];
  readonly queriesPerSecondMax: number;
  billedQueries: number;
  second: number;
  queriesThisSecond: number;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const cities: Readonly<Record<string, number>> = {
  auckland: 17.2,
  lagos: 30.9,
  lima: 19.4,
  oslo: -2.6,
  sydney: 23.8,
};

/** Starts the provider; `port` 0 takes a free one. */
export async function startProvider(port = 0) {
  const accounts = new Map<string, Account>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://provider");
    const { status, body, headers } = url.pathname.startsWith("/admin/")
      ? administrate(accounts, request, url)
      : answer(accounts, request, url);
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(`${JSON.stringify(body)}\n`);
  });
  return listening(server, port);
}

function answer(accounts: Map<string, Account>, request: IncomingMessage, url: URL): Answer {
  const token = request.headers.authorization?.replace(/^Bearer /, "") ?? "";
  const account = accounts.get(token);
  if (account === undefined) return { status: 401, body: { error: "unknown token" } };
  if (!account.endpoints.includes(url.pathname)) {
    return { status: 403, body: { error: "this account's plan does not have this endpoint" } };
  }
  if (isOverLimit(account)) {
    return { status: 429, body: { error: "too many queries" }, headers: { "retry-after": "1" } };
  }
  account.billedQueries++;
  const city = url.searchParams.get("city") ?? "";
  const temperature = cities[city.toLowerCase()];
  if (temperature === undefined)
    return {
      status: 404,
      body: { error: `unknown city; try one of ${Object.keys(cities).join(", ")}` },
    };
  const observedAt = new Date().toISOString();
  return {
    status: 200,
    body: { city, temperatureCelsius: temperature, observedAt },
    headers: { "cache-control": "public, max-age=60", vary: "authorization" },
  };
}

function isOverLimit(account: Account): boolean {
  const second = Math.floor(Date.now() / 1000);
  if (account.second !== second) {
    account.second = second;
    account.queriesThisSecond = 0;
  }
  return ++account.queriesThisSecond > account.queriesPerSecondMax;
}

/** POST /admin/tokens makes one, DELETE /admin/tokens/TOKEN revokes it, GET /admin/usage bills. */
function administrate(accounts: Map<string, Account>, request: IncomingMessage, url: URL): Answer {
  if (request.method === "POST" && url.pathname === "/admin/tokens") {
    const token = `wx_${randomBytes(18).toString("base64url")}`;
    accounts.set(token, {
      name: url.searchParams.get("name") ?? "weather-api",
      endpoints: url.searchParams.getAll("endpoint"),
      queriesPerSecondMax: Number(url.searchParams.get("qps") ?? 20),
      billedQueries: 0,
      second: 0,
      queriesThisSecond: 0,
    });
    return { status: 201, body: { token } };
  }
  if (request.method === "DELETE" && url.pathname.startsWith("/admin/tokens/")) {
    const isGone = accounts.delete(url.pathname.slice("/admin/tokens/".length));
    return { status: isGone ? 200 : 404, body: { revoked: isGone } };
  }
  if (request.method === "GET" && url.pathname === "/admin/usage") {
    const usage = [...accounts.values()].map(({ name, billedQueries }) => ({
      name,
      billedQueries,
    }));
    return { status: 200, body: { usage } };
  }
  return { status: 404, body: { error: "no such thing" } };
}

if (import.meta.main) {
  const provider = await startProvider(Number(process.env.PORT ?? 0));
  process.stdout.write(`${provider.url}\n`);
}
