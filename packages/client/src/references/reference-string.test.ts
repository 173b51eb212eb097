import { expect, test } from "vitest";
import { readReference } from "./reference-string.ts";

test.each([
  ["ssm:/app/token", { scheme: "ssm", name: "/app/token", field: undefined }],
  ["/app/token", { scheme: "ssm", name: "/app/token", field: undefined }],
  ["/app/token:3", { scheme: "ssm", name: "/app/token:3", field: undefined }],
  [
    "secretsmanager:prod/stripe",
    { scheme: "secretsmanager", name: "prod/stripe", field: undefined },
  ],
  ["secretsmanager:a#b#c", { scheme: "secretsmanager", name: "a", field: "b#c" }],
  ["env:TOKEN", { scheme: "env", name: "TOKEN", field: undefined }],
  ["dotenv:.env#TOKEN", { scheme: "dotenv", name: ".env", field: "TOKEN" }],
  [
    "arn:aws:ssm:eu-west-1:123456789012:parameter/a",
    { scheme: "ssm", name: "arn:aws:ssm:eu-west-1:123456789012:parameter/a", field: undefined },
  ],
  [
    "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:a-AbCdEf#k",
    {
      scheme: "secretsmanager",
      name: "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:a-AbCdEf",
      field: "k",
    },
  ],
])("%s", (written, expected) => {
  expect(readReference(written)).toEqual(expected);
});

test.each([
  "",
  "sk_live_1",
  "ssm:",
  "ssm:#f",
  "secretsmanager:a#",
  "env:A#b",
  "dotenv:.env",
  "kms:x",
])("'%s' is none, and is not quoted", (written) => {
  const read = () => readReference(written);
  expect(read).toThrow(expect.objectContaining({ code: "Invalid" }));
  if (written === "sk_live_1") expect(read).not.toThrow(/sk_live/);
});
