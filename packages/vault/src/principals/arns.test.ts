import fc from "fast-check";
import { expect, test } from "vitest";
import { type IamResourceType, iamArn, parseIamArn } from "./arns.ts";

const segment = fc.stringMatching(/^[!-.0-~]{1,12}$/);
const path = fc.array(segment, { maxLength: 3 }).map((parts) => ["", ...parts, ""].join("/"));
const name = fc.stringMatching(/^[\w+=,.@-]{1,64}$/);
const type = fc.constantFrom<IamResourceType>(
  "user",
  "group",
  "role",
  "policy",
  "instance-profile",
);

test("an ARN is read back into the parts it was made of", () => {
  fc.assert(
    fc.property(type, path, name, (type, path, name) => {
      const parts = { accountId: "123456789012", type, path, name };
      expect(parseIamArn(iamArn(parts.accountId, type, path, name))).toEqual(parts);
    }),
  );
});

test.each([
  "",
  "arn:aws:iam::123456789012:root",
  "arn:aws:iam::12345:role/x",
  "arn:aws:iam:us-east-1:123456789012:role/x",
  "arn:aws:sts::123456789012:assumed-role/x/y",
  "arn:aws:iam::123456789012:role/",
  "arn:aws:iam::123456789012:rolex/y",
  "arn:aws:iam::123456789012:role/a b",
  "arn:aws:iam::123456789012:role/x\n",
])("%j is none", (arn) => {
  expect(parseIamArn(arn)).toBeUndefined();
});
