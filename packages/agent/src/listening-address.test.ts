import { expect, test } from "vitest";
import { mayServe, namesAnAddress } from "./listening-address.ts";

test.each([
  ["127.0.0.1", true, true, true, true],
  ["127.8.9.10", true, true, true, true],
  ["::1", true, true, true, true],
  ["localhost", true, true, true, true],
  ["169.254.169.254", true, true, false, true],
  ["fd00:ec2::254", true, true, false, true],
  ["169.254.170.2", false, false, true, true],
  ["169.254.170.23", false, false, true, true],
  ["fd00:ec2::23", false, false, true, true],
  ["0.0.0.0", false, false, false, true],
  ["::", false, false, false, true],
  ["10.0.0.7", false, false, false, true],
  ["localhost.example.com", false, false, false, true],
])("%s: instance metadata %s, with TLS %s; container %s, with TLS %s", (host, ...expected) => {
  expect([
    mayServe("imds", host, false),
    mayServe("imds", host, true),
    mayServe("container", host, false),
    mayServe("container", host, true),
  ]).toEqual(expected);
});

test.each([
  ["127.0.0.1:1338", true],
  ["localhost:80", true],
  ["[::1]:1338", true],
  ["169.254.169.254", true],
  ["rebound.example.com", false],
  ["127.0.0.1.example.com:1338", false],
  ["localhost.:80", false],
  ["", false],
  [undefined, false],
])("a Host header of %s: %s", (host, expected) => {
  expect(namesAnAddress(host)).toBe(expected);
});
