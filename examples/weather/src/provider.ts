/**
 * A stand-in for a third-party weather provider, a program of its own. It behaves as such
 * providers do: it knows accounts by their tokens, which endpoints each may call, a limit of
 * queries per second (429 with Retry-After) and a count for the bill; tokens are made and deleted
 * with a management key. Its temperatures are invented, and its administration has no lock: it is
 * an example's prop.
 */
import { createServer, type IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";
import { Account, type Token } from "./accounts.ts";
import { listening } from "./listening.ts";

interface Answer {
  readonly status: number;
  readonly body?: unknown;
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
  const accounts: Account[] = [];
  const server = createServer(async (request, response) => {
    const { status, body, headers } = await answer(accounts, request);
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body === undefined ? undefined : `${JSON.stringify(body)}\n`);
  });
  return listening(server, port);
}

async function answer(accounts: Account[], request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? "/", "http://provider");
  if (url.pathname.startsWith("/admin/")) return administrate(accounts, request, url);
  const bearer = request.headers.authorization?.replace(/^Bearer /, "") ?? "";
  const managed = accounts.find(({ managementKey }) => managementKey === bearer);
  if (managed !== undefined) return manage(managed, request, url);
  for (const account of accounts) {
    const token = [...account.tokens.values()].find(({ value }) => value === bearer);
    if (token !== undefined) return serve(account, token, url);
  }
  return { status: 401, body: { error: "unknown token" } };
}

/** GET /v1/tokens/self, which is free, and the endpoints that the account's plan has. */
function serve(account: Account, token: Token, url: URL): Answer {
  if (url.pathname === "/v1/tokens/self") return { status: 200, body: withoutValue(token) };
  if (!account.plan.endpoints.includes(url.pathname)) {
    return { status: 403, body: { error: "this account's plan does not have this endpoint" } };
  }
  if (account.isOverLimit()) {
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
    headers: {
      "cache-control": `public, max-age=${account.plan.answersKeepSeconds}`,
      vary: "authorization",
    },
  };
}

/** GET and POST /v1/tokens, DELETE /v1/tokens/ID; PUT /v1/tokens/only where there is one alone. */
async function manage(account: Account, request: IncomingMessage, url: URL): Promise<Answer> {
  const { tokensMax } = account.plan;
  const conflict = { status: 409, body: { error: `${tokensMax} tokens is what this plan has` } };
  const { method = "", headers } = request;
  const id = url.pathname.replace(/^\/v1\/tokens\/?/, "");
  switch (`${method} ${url.pathname}`) {
    case "GET /v1/tokens":
      return { status: 200, body: { tokens: [...account.tokens.values()].map(withoutValue) } };
    case "POST /v1/tokens": {
      const { name = "" } = (await json(request)) as { name?: string };
      const token = account.newToken(name, headers["idempotency-key"]?.toString());
      if (token === undefined) return conflict;
      return { status: 201, body: { ...withoutValue(token), token: token.value } };
    }
    case "PUT /v1/tokens/only": {
      const { token: value = "" } = (await json(request)) as { token?: string };
      const token = account.setOnlyToken(value);
      return token === undefined ? conflict : { status: 200, body: withoutValue(token) };
    }
    case `DELETE /v1/tokens/${id}`:
      if (account.tokens.delete(id)) return { status: 204 };
  }
  return { status: 404, body: { error: "no such thing" } };
}

function withoutValue({ id, name }: Token) {
  return { id, name };
}

/** POST /admin/accounts makes one with its first token, GET /admin/usage bills. */
function administrate(accounts: Account[], request: IncomingMessage, url: URL): Answer {
  const { searchParams } = url;
  if (request.method === "POST" && url.pathname === "/admin/accounts") {
    const name = searchParams.get("name") ?? "weather-api";
    const account = new Account({
      name,
      endpoints: searchParams.getAll("endpoint"),
      queriesPerSecondMax: Number(searchParams.get("qps") ?? 20),
      answersKeepSeconds: Number(searchParams.get("keep") ?? 60),
      tokensMax: Number(searchParams.get("tokens") ?? 2),
    });
    accounts.push(account);
    const token = account.newToken("first")?.value;
    return { status: 201, body: { managementKey: account.managementKey, token } };
  }
  if (request.method === "GET" && url.pathname === "/admin/usage") {
    const usage = accounts.map(({ plan, billedQueries }) => ({ name: plan.name, billedQueries }));
    return { status: 200, body: { usage } };
  }
  return { status: 404, body: { error: "no such thing" } };
}

if (import.meta.main) {
  const provider = await startProvider(Number(process.env.PORT ?? 0));
  process.stdout.write(`${provider.url}\n`);
}
