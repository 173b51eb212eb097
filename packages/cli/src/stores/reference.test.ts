import fc from "fast-check";
import { expect, test } from "vitest";
import { printed, readReference, readWhole } from "./reference.ts";

test("parameters, secrets and fields of secrets are told apart", () => {
  expect(readReference("ssm:/app/prod/token")).toEqual({
    service: "ssm",
    name: "/app/prod/token",
    field: undefined,
  });
  expect(readReference("/app/prod/token")).toEqual(readReference("ssm:/app/prod/token"));
  expect(readReference("ssm:token").name).toBe("token");
  expect(readReference("secretsmanager:prod/db")).toEqual({
    service: "secretsmanager",
    name: "prod/db",
    field: undefined,
  });
  expect(readReference("secretsmanager:rds!db-0a1b#password").name).toBe("rds!db-0a1b");
  expect(readReference("secretsmanager:/prod/db#pass#word")).toEqual({
    service: "secretsmanager",
    name: "/prod/db",
    field: "pass#word",
  });
});

test.each([
  ["token", "neither a secret nor a parameter"],
  ["s3:bucket", "neither a secret nor a parameter"],
  ["ssm:", "neither a secret nor a parameter"],
  ["/app/token#field", "only a secret's fields can be named"],
  ["/app/token:3", "no parameter has such a name"],
  ["secretsmanager:#field", "no secret has such a name"],
  ["secretsmanager:a b", "no secret has such a name"],
  ["secretsmanager:db#", "the field isn't named"],
])("%s is refused", (typed, why) => {
  expect(() => readReference(typed)).toThrow(`'${typed}': ${why}`);
});

test("what has versions is a whole secret", () => {
  expect(() => readWhole("secretsmanager:db#password")).toThrow("a field has no life of its own");
  expect(readWhole("secretsmanager:db").name).toBe("db");
});

test("what is printed can be typed again", () => {
  const name = fc.stringMatching(/^[\w.\-/]{1,40}$/);
  const reference = fc.oneof(
    fc.record({ service: fc.constant("ssm" as const), name, field: fc.constant(undefined) }),
    fc.record({
      service: fc.constant("secretsmanager" as const),
      name,
      field: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    }),
  );
  fc.assert(
    fc.property(reference, (each) => {
      expect(readReference(printed(each))).toEqual(each);
    }),
  );
});
