/**
 * A provider's API on loopback, over real HTTP: it answers too many requests with 429, and fails
 * where a test wants it to, before a call takes effect or after.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ProviderRequest {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  /** Undefined where the body is no JSON. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
  readonly form: URLSearchParams;
}

export interface ProviderReply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** By "POST /keys/:id/roll". */
export type Routes = Readonly<Record<string, (request: ProviderRequest) => ProviderReply>>;

export interface Fault {
  /** The route that fails; any, where it isn't said. */
  readonly route?: string;
  /** "before": nothing was done; "after": it was, and only the answer is lost. */
  readonly when: "before" | "after";
  /** A status, or a connection that breaks off. */
  readonly how: number | "reset";
}

export interface StandIn {
  readonly url: string;
  /** Each request's route, in their order. */
  readonly calls: readonly string[];
  /** The next request that it fits fails so, once. */
  inject(fault: Fault): void;
  /** Faults that nobody met are forgotten. */
  heal(): void;
  /** Told of each request, before it takes effect and after. */
  watch(watcher: (route: string, when: "before" | "after") => void): void;
  close(): Promise<void>;
}

export interface StandInOptions {
  readonly requestsPerSecondMax?: number;
}

export async function startStandIn(
  routes: Routes,
  { requestsPerSecondMax = 100 }: StandInOptions = {},
): Promise<StandIn> {
  const calls: string[] = [];
  const faults: Fault[] = [];
  const recent: number[] = [];
  let watcher: Parameters<StandIn["watch"]>[0] = () => {};
  const isTooMany = () => {
    const now = Date.now();
    while ((recent[0] ?? now) < now - 1000) recent.shift();
    recent.push(now);
    return recent.length > requestsPerSecondMax;
  };
  const server = createServer(async (incoming, response) => {
    const body = await bodyOf(incoming);
    const url = new URL(incoming.url ?? "/", "http://stand-in");
    const [route, parameters] = routeOf(routes, incoming.method ?? "", url.pathname);
    calls.push(route);
    watcher(route, "before");
    if (isTooMany()) return answer(response, { status: 429, headers: { "retry-after": "1" } });
    const index = faults.findIndex((fault) => fault.route === undefined || fault.route === route);
    const [fault] = index < 0 ? [] : faults.splice(index, 1);
    if (fault?.when === "before") return fail(response, fault);
    const handle = routes[route];
    const request = { parameters, query: url.searchParams, headers: incoming.headers, ...body };
    const reply = handle === undefined ? { status: 404 } : handle(request);
    watcher(route, "after");
    return fault === undefined ? answer(response, reply) : fail(response, fault);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    inject: (fault) => void faults.push(fault),
    heal: () => void faults.splice(0),
    watch: (given) => {
      watcher = given;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What stands behind `Bearer`. */
export function bearer({ headers }: ProviderRequest): string | undefined {
  return headers.authorization?.match(/^Bearer (.+)$/)?.[1];
}

/** What stands in a header, where it stands once. */
export function header({ headers }: ProviderRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
}

function routeOf(routes: Routes, method: string, path: string): [string, Record<string, string>] {
  for (const route of Object.keys(routes)) {
    const [ownMethod, template = ""] = route.split(" ");
    const pattern = template.replaceAll(/:(\w+)/g, "(?<$1>[^/]+)");
    const match = method === ownMethod ? path.match(new RegExp(`^${pattern}$`)) : null;
    if (match === null) continue;
    const parameters = Object.entries(match.groups ?? {}).map(([name, value]) => [
      name,
      decodeURIComponent(value),
    ]);
    return [route, Object.fromEntries(parameters)];
  }
  return [`${method} ${path}`, {}];
}

async function bodyOf(incoming: IncomingMessage) {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece);
  const text = Buffer.concat(pieces).toString("utf8");
  return { json: jsonOf(text), form: new URLSearchParams(text) };
}

function jsonOf(text: string): ProviderRequest["json"] {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fail(response: ServerResponse, { how }: Fault): void {
  if (how === "reset") response.socket?.destroy();
  else answer(response, { status: how, headers: { "retry-after": "0" } });
}

function answer(response: ServerResponse, { status, body, headers = {} }: ProviderReply): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
