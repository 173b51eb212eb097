import { expect, test } from "vitest";
import { countRehearsal, stagingOf } from "./rehearsal-tag.ts";

const reference = { service: "secretsmanager", name: "prod/mail", field: undefined } as const;
const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:staging/mail-AbCdEf";
const staging = { arn, name: "staging/mail" };

function production(tag: string | undefined, isSet = true) {
  const tags = tag === undefined ? {} : { "claviger:rehearse-on": tag };
  return { reference, arn: "", tags, rotator: undefined, isSet };
}

test.each(["staging/mail", arn])("production that names %s already may rotate", async (tag) => {
  expect(await countRehearsal(production(tag), staging)).toBe(
    "Now production may rotate: claviger rotate secretsmanager:prod/mail",
  );
});

test("one whose rotation was never set is told to say how", async () => {
  expect(await countRehearsal(production("staging/mail", false), staging)).toBe(
    "Now production may rotate: claviger rotate secretsmanager:prod/mail --type … --role …, as for its staging secret",
  );
});

test("the tag names the staging secret; without one, or with none, there is nothing to rehearse on", () => {
  expect(stagingOf(production("staging/mail")).name).toBe("staging/mail");
  expect(() => stagingOf(production(undefined))).toThrow("has no staging secret to rehearse on");
  expect(() => stagingOf(production("none"))).toThrow("is rotated without a rehearsal");
});
