/**
 * Names the operation that a request is for: AWS JSON by its X-Amz-Target header, AWS Query by
 * the parameters Action and Version, the few that have a path by that. Never throws; what is wrong becomes the route's `problem`,
 * so that the refusal can be spelled in the protocol that the caller speaks.
 */
import { ApiError } from "../errors.ts";
import { type HttpRequest, header } from "../message.ts";
import { isJsonWanted } from "./query-json.ts";
import { parseQueryParameters, type QueryParameters } from "./query-parameters.ts";

/** What routing needs to know of a service (`operations/operation.ts` has the whole). */
export interface WireService {
  readonly name: string;
  readonly protocol: "aws-json" | "aws-query";
  readonly targetPrefixes: readonly string[];
  readonly version: string;
  readonly xmlNamespace: string | undefined;
  readonly operations: readonly WireOperation[];
}

export interface WireOperation {
  readonly name: string;
  /** Asked by GET at a path of its own. */
  readonly http?: Binding | undefined;
}

interface Binding {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Route {
  /** "" where the request names no service that is here. */
  readonly service: string;
  /** As the caller named it, bounded; "" where it named none. */
  readonly operation: string;
  readonly protocol: Protocol;
  readonly xmlNamespace: string | undefined;
  /** Why the request can't be answered, whoever sent it. */
  readonly problem: ApiError | undefined;
  /** AWS Query's parsed form. */
  readonly parameters?: QueryParameters | undefined;
  /** Whether the caller asks AWS Query for JSON. */
  readonly isJsonWanted?: boolean | undefined;
  /** REST-JSON's input member -> header. */
  readonly headers?: Binding["headers"] | undefined;
}

/** AWS's REST-JSON stands for what is asked at a path: errors as in JSON, with HTTP's statuses. */
export type Protocol = "aws-json" | "aws-query" | "rest-json";

export type Router = (request: HttpRequest) => Route;

export function createRouter(services: readonly WireService[]): Router {
  const targets = jsonTargets(services);
  const queryServices = new Map(
    services
      .filter(({ protocol }) => protocol === "aws-query")
      .map((service) => [service.version, queryRoutes(service)]),
  );
  const paths = pathRoutes(services);
  return (request) => {
    const atPath = paths.get(pathOf(request));
    if (atPath !== undefined) return routePath(request, atPath);
    const target = header(request, "x-amz-target");
    return target === undefined && !isJson(request)
      ? routeQuery(request, queryServices)
      : routeJson(request, target, targets);
  };
}

/** Every target there is, with its finished route: the hot path is one look-up. */
function jsonTargets(services: readonly WireService[]): ReadonlyMap<string, Route> {
  const targets = new Map<string, Route>();
  for (const service of services) {
    for (const prefix of service.targetPrefixes) {
      for (const { name, http } of service.operations) {
        if (http !== undefined) continue;
        targets.set(`${prefix}${name}`, {
          service: service.name,
          operation: name,
          protocol: "aws-json",
          xmlNamespace: undefined,
          problem: undefined,
        });
      }
      // An unknown operation of a known service is still audited under the service's name.
      targets.set(prefix, unknownTarget(service.name));
    }
  }
  return targets;
}

function routeJson(
  request: HttpRequest,
  target: string | undefined,
  targets: ReadonlyMap<string, Route>,
): Route {
  const known = target === undefined ? undefined : targets.get(target);
  if (known === undefined || known.operation === "") return unknownOperation(target ?? "", targets);
  if (request.method !== "POST") {
    return { ...known, problem: unknown("An operation is called with the method POST.") };
  }
  if (isJson(request)) return known;
  return { ...known, problem: unknown(`The Content-Type must be ${jsonContentType}.`) };
}

function unknownOperation(target: string, targets: ReadonlyMap<string, Route>): Route {
  const dot = target.lastIndexOf(".") + 1;
  const service = targets.get(target.slice(0, dot));
  const operation = boundedName(target.slice(dot));
  const says =
    target === ""
      ? "The request has no X-Amz-Target header."
      : `The operation ${operation} is not in this version of the vault.`;
  return { ...(service ?? unknownTarget("")), operation, problem: unknown(says) };
}

function unknownTarget(service: string): Route {
  return {
    service,
    operation: "",
    protocol: "aws-json",
    xmlNamespace: undefined,
    problem: unknown("The operation is not known to this vault."),
  };
}

function pathRoutes(services: readonly WireService[]): ReadonlyMap<string, Route> {
  const bound = services.flatMap(({ name: service, operations }) =>
    operations.flatMap(({ name: operation, http }): [string, Route][] => {
      if (http === undefined) return [];
      const { path, headers } = http;
      const named = { service, operation, headers, xmlNamespace: undefined, problem: undefined };
      return [[path, { ...named, protocol: "rest-json" }]];
    }),
  );
  return new Map(bound);
}

function pathOf({ target }: HttpRequest): string {
  const question = target.indexOf("?");
  return question === -1 ? target : target.slice(0, question);
}

function routePath({ method }: HttpRequest, route: Route): Route {
  if (method === "GET") return route;
  return { ...route, problem: unknown(`${route.operation} is called with the method GET.`) };
}

interface QueryService {
  readonly service: WireService;
  readonly operations: ReadonlySet<string>;
}

function queryRoutes(service: WireService): QueryService {
  return { service, operations: new Set(service.operations.map(({ name }) => name)) };
}

function routeQuery(request: HttpRequest, services: ReadonlyMap<string, QueryService>): Route {
  const parsed = parseQueryParameters(request);
  const parameters = parsed instanceof ApiError ? new Map<string, string>() : parsed;
  const version = parameters.get("Version") ?? "NO_VERSION_SPECIFIED";
  const action = parameters.get("Action");
  const known = services.get(version);
  return {
    service: known?.service.name ?? "",
    operation: boundedName(action ?? ""),
    protocol: "aws-query",
    xmlNamespace: known?.service.xmlNamespace,
    problem: parsed instanceof ApiError ? parsed : queryProblem(request, action, version, known),
    parameters,
    isJsonWanted: isJsonWanted(request),
  };
}

function queryProblem(
  { method }: HttpRequest,
  action: string | undefined,
  version: string,
  known: QueryService | undefined,
): ApiError | undefined {
  if (method !== "POST" && method !== "GET") {
    return unknown("An action is called with the method POST or GET.");
  }
  if (action === undefined) {
    return new ApiError("MissingAction", "The request must contain the parameter Action.");
  }
  if (known?.operations.has(action)) return undefined;
  return unknown(
    `Could not find operation ${boundedName(action)} for version ${boundedName(version)}`,
  );
}

function unknown(message: string): ApiError {
  return new ApiError("UnknownOperation", message);
}

const jsonContentType = "application/x-amz-json-1.1";

function isJson(request: HttpRequest): boolean {
  const type = header(request, "content-type");
  if (type === jsonContentType) return true;
  return type !== undefined && /^application\/x-amz-json-1\.1\s*(?:;|$)/i.test(type);
}

const nameCharactersMax = 128;

/** The name comes from strangers and goes into the trail and the reply. */
function boundedName(name: string): string {
  return name.slice(0, nameCharactersMax).toWellFormed();
}
