import { expect, test } from "vitest";
import { iamOf } from "./endpoint.ts";

const vault = { endpoint: "http://127.0.0.1:7410", region: "eu-west-1" };
const of = (endpoint: string | undefined, allowed: readonly string[] = []) =>
  iamOf({ aws: vault, metadata: { ...(endpoint !== undefined && { endpoint }) } }, allowed);

test("without an endpoint, and by its own name, it is the vault's", () => {
  expect(of(undefined)).toBe(vault);
  expect(of("http://127.0.0.1:7410/")).toBe(vault);
});

test.each([
  ["https://iam.amazonaws.com", "us-east-1"],
  ["https://iam.us-gov.amazonaws.com", "us-gov-west-1"],
  ["https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"],
])("%s is AWS's", (endpoint, region) => {
  expect(of(endpoint)).toEqual({ endpoint, region });
});

test.each([
  "https://iam.example.com",
  "https://iam.amazonaws.com.example.com",
  "https://iam.s3.amazonaws.com",
  "https://iam.amazonaws.com:8443",
  "https://iam.amazonaws.com@example.com",
  "https://__proto__",
  "http://127.0.0.1:9999",
])("%s is nobody's, unless the operator wrote it", (endpoint) => {
  expect(() => of(endpoint)).toThrow("the rotators file doesn't allow it");
  expect(of(endpoint, [endpoint])).toEqual({ endpoint, region: "us-east-1" });
});

test.each(["http://iam.amazonaws.com", "iam.amazonaws.com", "file:///etc"])("%s is none", (url) => {
  expect(() => of(url, [url])).toThrow("must be an https URL");
});
