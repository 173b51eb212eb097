import { describe, expect, test } from "vitest";
import type { KeyDescription } from "./description.ts";
import { DescriptionError } from "./members.ts";
import { readyDescriptions } from "./providers/ready-descriptions.ts";
import { readDescriptions } from "./read-descriptions.ts";

const acme = {
  title: "Acme API key",
  documentation: "https://docs.acme.example/keys",
  baseUrl: "https://api.acme.example",
  authentication: { headers: { authorization: "Bearer {credential}" } },
  strategy: "overlap",
  metadata: { team: { required: true, says: "The team's id." } },
  create: {
    method: "POST",
    path: "/teams/{metadata.team}/keys",
    json: { name: "{name}" },
    key: "/secret",
    keyId: "/id",
  },
  list: { method: "GET", path: "/keys", items: "/data", keyId: "/id", name: "/name" },
  revoke: { method: "DELETE", path: "/keys/{keyId}" },
  test: { method: "GET", path: "/me" },
};

const read = (types: unknown) => readDescriptions(types, readyDescriptions);
const { create: _create, list: _list, revoke: _revoke, ...common } = acme;
const byHand = { ...common, strategy: "manual", instructions: "Make {name}." };

const complaint = (description: unknown, type = "AcmeApiKey"): string => {
  try {
    read({ [type]: description });
  } catch (error) {
    expect(error).toBeInstanceOf(DescriptionError);
    return (error as Error).message;
  }
  throw new Error("nothing was wrong with it");
};

test("a description is taken as it stands", () => {
  expect(read({ AcmeApiKey: acme })).toEqual({ AcmeApiKey: acme });
  const { create, list, revoke, ...rest } = acme;
  const roll = { method: "POST", path: "/key/roll", key: "/secret" };
  const set = { method: "PUT", path: "/key", json: { value: "{newKey}" } };
  for (const own of [
    { ...rest, strategy: "grace", roll: { ...roll, json: { ttl: "{graceSeconds}" } } },
    { ...rest, strategy: "oneKey", roll },
    { ...rest, strategy: "oneKey", set, generate: { length: 32 } },
    {
      ...rest,
      strategy: "manual",
      instructions: "Make {name} for {metadata.team}.",
      revokeInstructions: "Remove {name} of {metadata.team}, version {version}.",
    },
  ]) {
    expect(read({ AcmeApiKey: own })).toEqual({ AcmeApiKey: own });
  }
});

test("one that is like a ready one says only what is different", () => {
  const own = { like: "SendGridApiKey", baseUrl: "http://127.0.0.1:8080", maxKeys: 10 };
  const { AcmeMail } = read({ AcmeMail: own });
  const { sites, ...ready } = readyDescriptions.SendGridApiKey as KeyDescription;
  expect(sites).toBeDefined();
  expect(AcmeMail).toEqual({ ...ready, baseUrl: "http://127.0.0.1:8080", maxKeys: 10 });
});

describe("what is wrong is said with its place:", () => {
  test.each<[string, unknown, string]>([
    ["no object", [], "types.AcmeApiKey must be a JSON object"],
    [
      "an unknown member",
      { ...acme, creat: {} },
      'types.AcmeApiKey has no member "creat"; known: ',
    ],
    [
      "a missing member",
      { ...acme, list: undefined },
      "types.AcmeApiKey.list must be a JSON object",
    ],
    ["an unknown strategy", { ...acme, strategy: "both" }, "types.AcmeApiKey.strategy must be"],
    ["one key, but how", { ...acme, strategy: "oneKey" }, "needs one of the members roll, set"],
    [
      "a path with its query",
      { ...acme, test: { method: "GET", path: "/me?x=1" } },
      "types.AcmeApiKey.test.path must begin with a slash",
    ],
    [
      "no pointer",
      { ...acme, create: { ...acme.create, key: "secret" } },
      "types.AcmeApiKey.create.key must be a JSON pointer",
    ],
    [
      "two bodies",
      { ...acme, create: { ...acme.create, form: { a: "b" } } },
      "types.AcmeApiKey.create has two bodies, json and form",
    ],
    [
      "a placeholder of another call",
      { ...acme, create: { ...acme.create, path: "/keys/{keyId}" } },
      "types.AcmeApiKey.create can't fill in {keyId}; known: name, ",
    ],
    [
      "a credential in words for people",
      { ...byHand, instructions: "Replace {credential.password}." },
      "types.AcmeApiKey.instructions can't fill in {credential.password}",
    ],
    [
      "metadata that isn't declared",
      { ...acme, create: { ...acme.create, path: "/{metadata.org}" } },
      "types.AcmeApiKey.create can't fill in {metadata.org}",
    ],
    [
      "braces around nothing",
      { ...acme, test: { method: "GET", path: "/{}" } },
      "types.AcmeApiKey.test has braces around no placeholder",
    ],
    [
      "a placeholder in words for people that is the credential's",
      { ...byHand, revokeInstructions: "Remove {credential}." },
      "types.AcmeApiKey.revokeInstructions can't fill in {credential}",
    ],
    [
      "words for what is done by a call",
      { ...byHand, list: acme.list, revoke: acme.revoke, revokeInstructions: "Remove {name}." },
      "types.AcmeApiKey has revokeInstructions, and revoke that does it",
    ],
    [
      "a hint that no list tells",
      { ...acme, identify: { byHint: true } },
      "types.AcmeApiKey.identify needs the hint",
    ],
    [
      "an expression without a group",
      { ...acme, identify: { pattern: "^sk-" } },
      "types.AcmeApiKey.identify.pattern must be a regular expression with a group",
    ],
    [
      "an expression that is none",
      { ...acme, identify: { pattern: "(" } },
      "types.AcmeApiKey.identify.pattern must be a regular expression with a group",
    ],
    [
      "pages without their size",
      { ...acme, list: { ...acme.list, pages: { page: "page", first: 1 } } },
      'types.AcmeApiKey.list.pages needs the member "size"',
    ],
    [
      "a type that isn't ready",
      { like: "AcmeApiKey" },
      "types.AcmeApiKey.like must be a ready type",
    ],
  ])("%s", (_, description, message) => {
    expect(complaint(description)).toContain(message);
  });

  test("a name that is taken, or is none", () => {
    expect(complaint(acme, "SendGridApiKey")).toContain("is the name of a ready type");
    expect(complaint(acme, "acme-key")).toContain("must be named as AcmeApiKey is");
  });
});

describe("a credential is sent where the operator wrote, and nowhere else:", () => {
  test.each([
    "http://api.acme.example",
    "ftp://api.acme.example",
    "api.acme.example",
    "https://{metadata.team}",
    "https://api.{metadata.team}.example",
    "https://{metadata.team}{metadata.team}.acme.example",
    "https://api.acme.example/?a=b",
    "https://{credential}.acme.example",
    "https://user:word@api.acme.example",
  ])("not to %s", (baseUrl) => {
    expect(complaint({ ...acme, baseUrl })).toContain("types.AcmeApiKey");
    expect(complaint({ ...acme, sites: { other: baseUrl } })).toContain("types.AcmeApiKey");
  });

  test.each([
    "https://{metadata.team}.acme.example",
    "https://api.acme.example/{metadata.team}/v1",
    "http://localhost:3000",
    "http://[::1]:3000/v1",
  ])("to %s", (baseUrl) => {
    expect(read({ AcmeApiKey: { ...acme, baseUrl } })).toHaveProperty("AcmeApiKey");
  });
});
