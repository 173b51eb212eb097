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
