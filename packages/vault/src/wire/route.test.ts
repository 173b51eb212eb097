import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HttpRequest } from "../message.ts";
import { createRouter, type WireService } from "./route.ts";

const cloudtrailLong = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.";
const services: readonly WireService[] = [
  json("secretsmanager", ["secretsmanager."], ["GetSecretValue"]),
  json("cloudtrail", [cloudtrailLong, "CloudTrail_20131101."], ["LookupEvents"]),
  query("sts", "2011-06-15", ["GetCallerIdentity"]),
  query("iam", "2010-05-08", ["GetUser", "ListUsers"]),
];
const route = createRouter(services);

describe("AWS JSON", () => {
  it.each([
    ["secretsmanager.GetSecretValue", "secretsmanager", "GetSecretValue"],
    [`${cloudtrailLong}LookupEvents`, "cloudtrail", "LookupEvents"],
    ["CloudTrail_20131101.LookupEvents", "cloudtrail", "LookupEvents"],
  ])("%s", (target, service, operation) => {
    expect(route(jsonRequest(target))).toMatchObject({
      service,
      operation,
      protocol: "aws-json",
      problem: undefined,
    });
  });

  it("takes a content type with parameters, in any case", () => {
    const contentType = "Application/X-Amz-JSON-1.1; charset=utf-8";
    expect(
      route(jsonRequest("secretsmanager.GetSecretValue", { "content-type": contentType })).problem,
    ).toBeUndefined();
  });

  it("names the service of an operation it doesn't know, for the trail", () => {
    expect(route(jsonRequest("secretsmanager.Nonsense"))).toMatchObject({
      service: "secretsmanager",
      operation: "Nonsense",
      problem: { code: "UnknownOperation" },
    });
  });

  it.each(["", "secretsmanager.", "GetSecretValue", "nowhere.GetSecretValue", "__proto__.x"])(
    "does not know %j",
    (target) => {
      expect(route(jsonRequest(target)).problem?.code).toBe("UnknownOperation");
    },
  );

  it("wants a target, its own content type, and POST", () => {
    const request = jsonRequest("secretsmanager.GetSecretValue");
    const { "x-amz-target": _, ...untargeted } = request.headers;
    expect(route({ ...request, headers: untargeted }).problem?.code).toBe("UnknownOperation");
    for (const type of ["application/json", "text/plain", "application/x-amz-json-1.10"]) {
      const headers = { ...request.headers, "content-type": type };
      expect(route({ ...request, headers })).toMatchObject({
        protocol: "aws-json",
        operation: "GetSecretValue",
        problem: { code: "UnknownOperation" },
      });
    }
    expect(route({ ...request, method: "GET" }).problem?.code).toBe("UnknownOperation");
  });
});

describe("AWS Query", () => {
  it("goes by Version and Action, from a form or a query string", () => {
    const expected = {
      service: "sts",
      operation: "GetCallerIdentity",
      protocol: "aws-query",
      problem: undefined,
    };
    const parameters = "Action=GetCallerIdentity&Version=2011-06-15";
    expect(route(formRequest(parameters))).toMatchObject(expected);
    expect(route(getRequest(`/?${parameters}&X-Amz-Signature=0`))).toMatchObject(expected);
  });

  it.each([
    ["application/json", true],
    ["application/json, text/plain, */*", true],
    ["text/xml, Application/JSON;q=0.5", true],
    ["*/*", false],
    ["application/jsonlines", false],
    ["text/xml", false],
    [undefined, false],
  ])("with Accept %s is JSON: %s", (accept, expected) => {
    const request = getRequest("/?Action=GetCallerIdentity&Version=2011-06-15");
    expect(route({ ...request, headers: { accept } }).isJsonWanted).toBe(expected);
  });

  it("says what AWS says of an action it doesn't know", () => {
    expect(route(formRequest("Action=GetNothing&Version=2010-05-08")).problem).toMatchObject({
      code: "UnknownOperation",
      message: "Could not find operation GetNothing for version 2010-05-08",
    });
    expect(route(formRequest("Action=GetUser")).problem?.message).toBe(
      "Could not find operation GetUser for version NO_VERSION_SPECIFIED",
    );
    expect(route(formRequest("Action=GetUser&Version=2011-06-15")).problem?.code).toBe(
      "UnknownOperation",
    );
  });

  it("wants an action", () => {
    expect(route(getRequest("/")).problem?.code).toBe("MissingAction");
    expect(route(formRequest("Version=2010-05-08")).problem?.code).toBe("MissingAction");
  });

  it("refuses what can be read in two ways", () => {
    expect(route(formRequest("Action=GetUser&Action=ListUsers")).problem?.code).toBe(
      "MalformedInput",
    );
    const inBoth = {
      ...formRequest("Action=GetUser&Version=2010-05-08"),
      target: "/?Action=ListUsers",
    };
    expect(route(inBoth).problem?.code).toBe("MalformedInput");
  });
});

it("answers any head with a route, bounded in size", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("POST", "GET", "PUT", "DELETE"),
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.dictionary(
        fc.constantFrom("x-amz-target", "content-type", "__proto__"),
        fc.oneof(fc.string({ maxLength: 300 }), fc.constant("application/x-www-form-urlencoded")),
      ),
      fc.uint8Array({ maxLength: 300 }),
      (method, target, headers, body) => {
        const routed = route(requestOf({ method, target, headers, body: Buffer.from(body) }));
        expect(routed.operation.length).toBeLessThanOrEqual(128);
        expect(routed.operation.isWellFormed()).toBe(true);
        expect(routed.problem?.message.length ?? 0).toBeLessThan(400);
      },
    ),
  );
});

function json(name: string, targetPrefixes: readonly string[], operations: string[]): WireService {
  return {
    name,
    protocol: "aws-json",
    targetPrefixes,
    version: "",
    xmlNamespace: undefined,
    operations: operations.map((operation) => ({ name: operation })),
  };
}

function query(name: string, version: string, operations: string[]): WireService {
  return {
    name,
    protocol: "aws-query",
    targetPrefixes: [],
    version,
    xmlNamespace: `https://${name}.amazonaws.com/doc/${version}/`,
    operations: operations.map((operation) => ({ name: operation })),
  };
}

function requestOf(parts: Partial<HttpRequest>): HttpRequest {
  return {
    method: "POST",
    target: "/",
    headers: {},
    body: Buffer.alloc(0),
    sourceAddress: "127.0.0.1",
    isSecureTransport: false,
    problem: undefined,
    ...parts,
  };
}

function jsonRequest(target: string, more: Record<string, string> = {}): HttpRequest {
  const headers = { "x-amz-target": target, "content-type": "application/x-amz-json-1.1", ...more };
  return requestOf({ headers, body: Buffer.from("{}") });
}

function formRequest(form: string): HttpRequest {
  const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  return requestOf({ headers, body: Buffer.from(form) });
}

function getRequest(target: string): HttpRequest {
  return requestOf({ method: "GET", target });
}
