import { expect, test } from "vitest";
import { fillBaseUrl } from "./base-url.ts";

const cloud = "https://{metadata.stack}.cloud.example/{metadata.team}/v1";

test("metadata fills in the first label of the host, and segments of the path", () => {
  const bindings = { "metadata.stack": "acme-7", "metadata.team": "a/b" };
  expect(fillBaseUrl(cloud, bindings).href).toBe("https://acme-7.cloud.example/a%2Fb/v1");
  expect(fillBaseUrl("http://[::1]:3000", {}).href).toBe("http://[::1]:3000/");
});

test.each([
  "elsewhere.example/",
  "elsewhere.example#",
  "elsewhere.example?",
  "user@elsewhere",
  "a.b",
  "-a",
  "",
  "a\\",
  "%2f",
])("%j leads to no other host", (stack) => {
  const bindings = { "metadata.stack": stack, "metadata.team": "blue" };
  expect(() => fillBaseUrl(cloud, bindings)).toThrow(/metadata/);
});
