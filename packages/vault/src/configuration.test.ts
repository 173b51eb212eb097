import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ConfigurationError } from "./configuration/configuration-error.ts";
import { readConfiguration } from "./configuration.ts";

describe("readConfiguration", () => {
  test("has AWS's example account, loopback, and a root key that is made, by default", () => {
    expect(readConfiguration({ data: "/data" }, {})).toMatchObject({
      host: "127.0.0.1",
      port: 7400,
      accountId: "123456789012",
      dataDirectory: "/data",
      tls: undefined,
      rootCredentials: undefined,
      rootKey: { type: "file", path: "/data/root.key", isMadeIfMissing: true },
    });
  });

  test("takes a flag before its variable, and a variable before the default", () => {
    const environment = { CLAVIGER_PORT: "1", CLAVIGER_ACCOUNT_ID: "210987654321" };
    expect(readConfiguration({ port: "2" }, environment)).toMatchObject({
      port: 2,
      accountId: "210987654321",
    });
  });

  test("has a node of many be given both halves of the root credentials", () => {
    const half = { CLAVIGER_ROOT_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE" };
    const hintOf = (flags: Parameters<typeof readConfiguration>[0]) => {
      try {
        return readConfiguration(flags, half);
      } catch (error) {
        return (error as ConfigurationError).hint;
      }
    };
    expect(hintOf({})).toContain("or neither");
    expect(hintOf({ database: "postgres://localhost/vault" })).not.toContain("or neither");
  });

  test("never makes a root key where one was named", () => {
    expect(readConfiguration({}, { CLAVIGER_ROOT_KEY: "file:/keys/root" }).rootKey).toEqual({
      type: "file",
      path: "/keys/root",
      isMadeIfMissing: false,
    });
  });

  test("finds the passphrase where its variable says", () => {
    const environment = {
      CLAVIGER_ROOT_KEY: "passphrase:",
      CLAVIGER_PASSPHRASE_FILE: "/keys/passphrase",
      CLAVIGER_ROOT_KEY_ENDPOINT: "https://kms.example.com",
    };
    expect(readConfiguration({}, environment)).toMatchObject({
      rootKey: { type: "passphrase", file: "/keys/passphrase" },
      passphraseFile: "/keys/passphrase",
      rootKeyEndpoint: "https://kms.example.com",
    });
  });

  describe("the rotators file", () => {
    const directory = mkdtempSync(join(tmpdir(), "claviger-rotators-"));
    const rotators = join(directory, "rotators.json");
    const arn = "arn:aws:lambda:us-east-1:123456789012:function:rotate";
    const credentials = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "Swordfish" };
    const written = (entry: object) =>
      writeFileSync(rotators, JSON.stringify({ functions: { [arn]: entry } }));
    afterAll(() => rmSync(directory, { recursive: true }));

    test("tells where functions are; credentials are taken where one asks for them", () => {
      written({ endpoint: "http://127.0.0.1:9000" });
      const { functions, ...own } = readConfiguration({ rotators }, credentials).rotators;
      expect(functions.has(arn)).toBe(true);
      expect(own).toEqual({ file: rotators, credentials: undefined });
      written({ endpoint: "https://lambda.us-east-1.amazonaws.com", credentials: "environment" });
      expect(readConfiguration({ rotators }, credentials).rotators.credentials).toEqual({
        accessKeyId: "AKIAEXAMPLE",
        secretAccessKey: "Swordfish",
        sessionToken: undefined,
      });
      expect(() => readConfiguration({ rotators }, {})).toThrow(ConfigurationError);
    });
  });

  test.each([
    "postgres://claviger@localhost/vault",
    "postgresql://claviger@127.1.2.3:5433/vault",
    "postgres://claviger@[::1]/vault",
    "postgres:///vault?host=/run/postgresql",
    "postgres://claviger@db.example.com/vault?sslmode=verify-full",
  ])("takes the database %s, and invents no root key beside it", (database) => {
    expect(readConfiguration({ database }, {})).toMatchObject({
      database: { url: database },
      rootKey: undefined,
    });
  });

  test.each<[string, Record<string, string>, Record<string, string>]>([
    ["a port that is none", { port: "70000" }, {}],
    ["an account that is none", { accountId: "1234" }, {}],
    ["a certificate without its key", { tlsCert: "cert.pem" }, {}],
    ["a network without TLS", { host: "0.0.0.0" }, {}],
    ["a proxy range that is none", { behindProxy: "10.0.0.0/99" }, {}],
    ["a limit that is none", { throttle: "account" }, {}],
    ["a limit that is none, in its variable", {}, { CLAVIGER_THROTTLE: "account=0" }],
    ["a database of another kind", { database: "mysql://root:Swordfish@localhost/x" }, {}],
    [
      "a way to a database that anyone on it can read",
      { database: "postgres://claviger:Swordfish@db.example.com/vault?sslmode=prefer" },
      {},
    ],
    [
      "an authority for the database's certificate that is not there",
      { database: "postgres://claviger:Swordfish@localhost/vault?sslrootcert=/none/ca.pem" },
      {},
    ],
    ["half of the root credentials", {}, { CLAVIGER_ROOT_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE" }],
    [
      "a short root secret",
      {},
      {
        CLAVIGER_ROOT_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
        CLAVIGER_ROOT_SECRET_ACCESS_KEY: "Swordfish",
      },
    ],
    ["a root key that names no key", {}, { CLAVIGER_ROOT_KEY: "aws-kms:alias/Swordfish" }],
    ["a passphrase in place of its file", {}, { CLAVIGER_ROOT_KEY: "passphrase:Swordfish" }],
    ["a rotators file that is not there", { rotators: "/none/rotators.json" }, {}],
    ["an endpoint that is none", {}, { CLAVIGER_ROOT_KEY_ENDPOINT: "kms.example.com" }],
  ])("refuses %s with a hint", (_what, flags, environment) => {
    let refusal: unknown;
    try {
      readConfiguration(flags, environment);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(ConfigurationError);
    expect((refusal as ConfigurationError).hint).not.toBe("");
    expect((refusal as ConfigurationError).message).not.toContain("Swordfish");
  });
});
