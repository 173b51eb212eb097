import { expect, test } from "vitest";
import { keyIn } from "./given-key.ts";

const accessKeyId = "AKIAIOSFODNN7EXAMPLE";
const secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

test.each([
  `${accessKeyId} ${secretAccessKey}\n`,
  `${accessKeyId}\r\n${secretAccessKey}\r\n`,
  JSON.stringify({
    AccessKey: { UserName: "bob", AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey },
  }),
  `\uFEFFAccess key ID,Secret access key\r\n${accessKeyId},${secretAccessKey}\r\n`,
  `export AWS_ACCESS_KEY_ID=${accessKeyId}\nexport AWS_SECRET_ACCESS_KEY=${secretAccessKey}\n`,
  `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
])("%j is a key", (given) => {
  expect(keyIn(given)).toEqual({ accessKeyId, secretAccessKey });
});

test.each([
  "",
  accessKeyId,
  secretAccessKey,
  `${accessKeyId} ${secretAccessKey}\n${accessKeyId.replace("EXAMPLE", "EXAMPL2")} ${secretAccessKey}`,
])("%j is none, and is not quoted", (given) => {
  expect(() => keyIn(given)).toThrow(/^standard input has no access key, or more than one$/);
});
