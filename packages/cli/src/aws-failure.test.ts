import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { awsFailure } from "./aws-failure.ts";

function awsError(name: string, message: string, httpStatusCode?: number): Error {
  const $metadata = httpStatusCode === undefined ? {} : { httpStatusCode };
  return Object.assign(new Error(message), { name, $metadata });
}

test("what the service said is told with its code and with what to do", () => {
  const denied = awsFailure(awsError("AccessDeniedException", "User: x is not authorized", 400));
  expect(denied?.message).toBe("AccessDeniedException: User: x is not authorized");
  expect(denied?.hint).toContain("claviger policy why");
  expect(awsFailure(awsError("ExpiredTokenException", "x", 400))?.hint).toContain("claviger env");
  expect(awsFailure(awsError("InvalidAction", "x", 400))?.hint).toContain("AWS_ENDPOINT_URL");
});

test("an endpoint that nothing answers at, missing credentials and regions are told apart", () => {
  const refused = Object.assign(awsError("Error", "connect ECONNREFUSED"), {
    code: "ECONNREFUSED",
  });
  expect(awsFailure(refused)?.message).toContain("ECONNREFUSED");
  const missing = Object.assign(new Error("Could not load credentials"), {
    name: "CredentialsProviderError",
  });
  expect(awsFailure(missing)?.hint).toContain("claviger env");
  expect(awsFailure(new Error("Region is missing"))?.hint).toContain("AWS_REGION");
});

test("what the client library met is told as the SDK's own error, or as no reply", () => {
  const inTransport = (message: string, cause?: Error, code = "Unreachable") =>
    awsFailure(Object.assign(new Error(message, { cause }), { name: "TransportError", code }));
  const denied = inTransport("denied", awsError("AccessDeniedException", "not authorized", 400));
  expect(denied?.message).toBe("AccessDeniedException: not authorized");
  expect(inTransport("got no reply: ECONNREFUSED")?.message).toMatch(/: ECONNREFUSED$/);
  expect(inTransport("did not answer in time")?.message).toMatch(/: did not answer in time$/);
  const throttled = inTransport("Rate exceeded", undefined, "ThrottlingException");
  expect(throttled?.message).toBe("ThrottlingException: Rate exceeded");
  expect(throttled?.hint).toContain("wait a moment");
});

test("a profile of ours that gives no credentials says itself why", () => {
  const folder = mkdtempSync(join(tmpdir(), "claviger-aws-failure-"));
  const config = join(folder, "config");
  const [command, profile] = ["/bin/claviger credentials --profile alice", "alice"];
  writeFileSync(config, `[profile ${profile}]\ncredential_process = ${command}\n`);
  vi.stubEnv("AWS_CONFIG_FILE", config);
  vi.stubEnv("AWS_PROFILE", profile);
  const missing = Object.assign(new Error("none"), { name: "CredentialsProviderError" });
  expect(awsFailure(missing)).toEqual({
    message: "the profile alice gave no credentials",
    hint: "see why: claviger credentials --profile alice",
  });
  vi.stubEnv("AWS_PROFILE", "bob");
  expect(awsFailure(missing)?.message).toContain("bob (AWS_PROFILE) gives no AWS credentials");
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test("an endpoint that is no URL, or speaks the other protocol, is told as that", () => {
  const said = (endpoint: string, failure: Error) => {
    vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
    const told = awsFailure(failure);
    vi.unstubAllEnvs();
    return told;
  };
  const invalid = Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL" });
  expect(said("127.0.0.1:7400", invalid)).toEqual({
    message: "AWS_ENDPOINT_URL is no URL: 127.0.0.1:7400",
    hint: 'write http://127.0.0.1:7400, or eval "$(claviger env)"',
  });
  // To a URL parser `localhost:` is a scheme; the SDK then asks somebody, and understands no reply.
  const odd = awsError("Unknown", "UnknownError", 404);
  expect(said("localhost:7400", odd)?.message).toBe("AWS_ENDPOINT_URL is no URL: localhost:7400");
  const notTls = Object.assign(awsError("Error", "write EPROTO"), { code: "EPROTO" });
  expect(said("https://127.0.0.1:7400", notTls)).toEqual({
    message: "what answers at https://127.0.0.1:7400 (AWS_ENDPOINT_URL) speaks no TLS",
    hint: 'write http://127.0.0.1:7400, or eval "$(claviger env)"',
  });
  const unknown = Object.assign(awsError("Error", "x"), { code: "ENOTFOUND" });
  expect(said("http://vault.exmaple", unknown)?.hint).toContain("check the name");
});

test("a region that is none, and a profile that is not there, are told by name", () => {
  vi.stubEnv("AWS_REGION", "us_east_1");
  const region = new Error('Region not accepted: region="us_east_1" is not a valid hostname.');
  expect(awsFailure(region)).toEqual({
    message: "us_east_1 is no region",
    hint: 'set AWS_REGION to one such as us-east-1, or eval "$(claviger env)"',
  });
  vi.stubEnv("AWS_PROFILE", "nope");
  vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
  const missing = Object.assign(new Error("none"), { name: "CredentialsProviderError" });
  expect(awsFailure(missing)).toEqual({
    message: "the profile nope (AWS_PROFILE) gives no AWS credentials",
    hint: "see which there are: aws configure list-profiles; or unset AWS_PROFILE",
  });
  vi.unstubAllEnvs();
});

test("a role that isn't there is looked for among those that are", () => {
  const missing = awsError("NoSuchEntityException", "The role with name x cannot be found.", 404);
  expect(awsFailure(missing)?.hint).toBe("see which there are: aws iam list-roles");
});

test("errors of other origin are none of its business", () => {
  expect(awsFailure(new Error("no such file"))).toBeUndefined();
  expect(awsFailure("text")).toBeUndefined();
});

test("what nothing answers at is named, also where a profile has it", () => {
  const folder = mkdtempSync(join(tmpdir(), "claviger-aws-failure-"));
  const config = join(folder, "config");
  writeFileSync(config, "[profile alice]\nendpoint_url = http://127.0.0.1:7400\n");
  const refused = Object.assign(awsError("Error", "connect"), { code: "ECONNREFUSED" });
  const said = (variables: Record<string, string>) => {
    vi.stubEnv("AWS_ENDPOINT_URL", undefined);
    vi.stubEnv("AWS_CONFIG_FILE", config);
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const failure = awsFailure(refused);
    vi.unstubAllEnvs();
    return failure?.message;
  };
  expect(said({ AWS_PROFILE: "alice" })).toBe(
    "nothing answers at http://127.0.0.1:7400 (endpoint_url of profile alice): ECONNREFUSED",
  );
  expect(said({ AWS_PROFILE: "alice", AWS_ENDPOINT_URL: "http://localhost:1" })).toBe(
    "nothing answers at http://localhost:1 (AWS_ENDPOINT_URL): ECONNREFUSED",
  );
  expect(said({})).toBe("AWS can't be reached: ECONNREFUSED");
  // A folder can't be read.
  expect(said({ AWS_CONFIG_FILE: folder })).toBe("AWS can't be reached: ECONNREFUSED");
  rmSync(folder, { recursive: true });
});
