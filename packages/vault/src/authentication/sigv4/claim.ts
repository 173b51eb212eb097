/**
 * What a request claims about its signature, from its Authorization header or from its query
 * when it is presigned. All is checked here that needs no secret, in AWS's order.
 */
import { type HttpRequest, header } from "../../message.ts";
import { parseAuthorizationHeader } from "./authorization-header.ts";
import { readCredential, type ScopedCredential } from "./credential-scope.ts";
import {
  hashed,
  incompleteSignature,
  missingAuthenticationToken,
  signatureDoesNotMatch,
} from "./refusals.ts";
import { checkRequestTime, type RequestTime, readRequestTime } from "./request-time.ts";
import { requireSigned } from "./signed-headers.ts";
import { queryValue, readTarget, type Target } from "./target.ts";

export interface SignatureClaim {
  readonly credential: ScopedCredential;
  readonly time: RequestTime;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly sessionToken: string | undefined;
  readonly target: Target;
  readonly isPresigned: boolean;
}

const algorithm = "AWS4-HMAC-SHA256";

/** `now` in milliseconds since the epoch; `service` is what the request is for. */
export function readClaim(request: HttpRequest, service: string, now: number): SignatureClaim {
  const target = readTarget(request.target);
  const authorization = header(request, "authorization");
  const queryAlgorithm = queryValue(target, "X-Amz-Algorithm");
  if (authorization !== undefined && queryAlgorithm !== undefined) {
    throw signatureDoesNotMatch(
      "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    );
  }
  // Signature versions 2 and 3, Basic and Bearer count as no authentication at all, as on AWS.
  // An empty X-Amz-Algorithm is a parameter that is missing, which is said further on.
  const isVersion4 =
    authorization?.startsWith("AWS4-") ??
    (queryAlgorithm === "" || queryAlgorithm?.startsWith("AWS4-"));
  if (!isVersion4) throw missingAuthenticationToken(service);
  const given =
    authorization === undefined ? fromQuery(target) : fromHeaders(request, authorization);

  const time = readRequestTime(given.date);
  checkRequestTime(time, given.expiresSeconds, now);
  requireSigned(request.headers, given.signedHeaders);
  if (given.algorithm !== algorithm) {
    throw incompleteSignature(`Unsupported AWS 'algorithm': '${given.algorithm.slice(0, 64)}'.`);
  }
  return {
    credential: readCredential(given.credential, service, time),
    time,
    signedHeaders: given.signedHeaders,
    signature: given.signature,
    sessionToken: given.sessionToken,
    target,
    isPresigned: authorization === undefined,
  };
}

interface Given {
  readonly algorithm: string;
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly date: string;
  readonly expiresSeconds: number | undefined;
  readonly sessionToken: string | undefined;
}

function fromHeaders(request: HttpRequest, authorization: string): Given {
  const parsed = parseAuthorizationHeader(authorization);
  if (parsed.isMalformed) {
    throw incompleteSignature(
      "Invalid key=value pair (missing equal-sign) in Authorization header " +
        `(hashed with SHA-256 and encoded with Base64): '${hashed(authorization)}'.`,
    );
  }
  const { credential, signature, signedHeaders } = parsed;
  const date = header(request, "x-amz-date") || header(request, "date");
  if (!credential || !signature || !signedHeaders || !date) {
    const missing = [
      !credential && "Authorization header requires 'Credential' parameter. ",
      !signature && "Authorization header requires 'Signature' parameter. ",
      !signedHeaders && "Authorization header requires 'SignedHeaders' parameter. ",
      !date &&
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ",
    ];
    throw incompleteSignature(
      `${missing.filter(Boolean).join("")}` +
        `(Hashed with SHA-256 and encoded with Base64) Authorization=${hashed(authorization)}`,
    );
  }
  return {
    algorithm: parsed.algorithm,
    credential,
    signedHeaders,
    signature,
    date,
    expiresSeconds: undefined,
    sessionToken: header(request, "x-amz-security-token") || undefined,
  };
}

const requiredParameters = [
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Signature",
  "X-Amz-SignedHeaders",
  "X-Amz-Date",
] as const;

function fromQuery(target: Target): Given {
  const values = requiredParameters.map((name) => queryValue(target, name) ?? "");
  const missing = requiredParameters.filter((_, at) => values[at] === "");
  if (missing.length > 0) {
    const sentences = missing.map((name) => `AWS query-string parameters must include '${name}'. `);
    throw incompleteSignature(`${sentences.join("")}Re-examine the query-string parameters.`);
  }
  const [algorithm = "", credential = "", signature = "", signedHeaders = "", date = ""] = values;
  return {
    algorithm,
    credential,
    signedHeaders,
    signature,
    date,
    expiresSeconds: readExpires(queryValue(target, "X-Amz-Expires")),
    sessionToken: queryValue(target, "X-Amz-Security-Token") || undefined,
  };
}

/** What AWS grants a presigned request that doesn't say how long it is good for. */
const expiresSecondsDefault = 15 * 60;
const weekSeconds = 604_800;

function readExpires(given: string | undefined): number {
  if (given === undefined) return expiresSecondsDefault;
  if (!/^-?\d+$/.test(given)) throw incompleteSignature("X-Amz-Expires should be a number");
  const seconds = Number(given);
  if (seconds < 1) throw incompleteSignature("X-Amz-Expires must be positive");
  if (seconds > weekSeconds) {
    throw incompleteSignature(
      "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires " +
        "must be less than 604800 seconds",
    );
  }
  return seconds;
}
