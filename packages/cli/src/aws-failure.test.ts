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
  expect(awsFailure(missing)?.message).toContain("no AWS credentials");
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
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
