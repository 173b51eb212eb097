import { expect, test } from "vitest";
import { readKey, writeKey } from "./secret-form.ts";

const made = { key: "new", keyId: "2", fields: { region: "us" } };

test("a key that is the whole secret stays it", () => {
  const old = readKey("old");
  expect(old).toMatchObject({ key: "old", keyId: undefined });
  expect(writeKey(made, old)).toBe("new");
});

test("a member of a JSON object changes with its id, and the others stay", () => {
  const old = readKey('{"apiKey":"old","keyId":"1","url":"https://x.example"}');
  expect(old).toMatchObject({ key: "old", keyId: "1" });
  expect(JSON.parse(writeKey(made, old))).toEqual({
    apiKey: "new",
    keyId: "2",
    url: "https://x.example",
    region: "us",
  });
});

test("members have other names where the description says so", () => {
  const form = { field: "secret", keyIdField: "sid", isObject: true } as const;
  const old = readKey('{"secret":"old","sid":"SK1"}', form);
  expect(old).toMatchObject({ key: "old", keyId: "SK1" });
  expect(JSON.parse(writeKey(made, old, form))).toEqual({ secret: "new", sid: "2", region: "us" });
  expect(() => readKey("old", form)).toThrow('no text in a JSON member "secret"');
});

test.each(["", '{"key":"value"}', '{"apiKey":""}', '{"apiKey":7}'])("%j holds no key", (secret) => {
  expect(() => readKey(secret)).toThrow('The secret has no text in a JSON member "apiKey".');
});

test("what only looks like JSON is a key", () => {
  expect(readKey("{not json").key).toBe("{not json");
});
