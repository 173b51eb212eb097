import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { RootKeyError } from "./root-key.ts";
import { parseRootKeySetting, rootKeySource } from "./sources.ts";

const keyName = "projects/p/locations/global/keyRings/r/cryptoKeys/k";
const keyArn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

describe("where a root key comes from", () => {
  it.each([
    ["file:/keys/root.key", { type: "file", path: "/keys/root.key", isMadeIfMissing: false }],
    ["file:root.key", { type: "file", path: resolve("root.key"), isMadeIfMissing: false }],
    ["passphrase:", { type: "passphrase", file: "/keys/passphrase" }],
    [`aws-kms:${keyArn}`, { type: "aws-kms", key: keyArn }],
    [
      "aws-kms:arn:aws-cn:kms:cn-north-1:123456789012:alias/vault",
      { type: "aws-kms", key: "arn:aws-cn:kms:cn-north-1:123456789012:alias/vault" },
    ],
    [`gcp-kms:${keyName}`, { type: "gcp-kms", key: keyName }],
  ])("%s", (text, setting) => {
    const parsed = parseRootKeySetting(text, "/keys/passphrase");
    expect(parsed).toEqual(setting);
    expect(rootKeySource(parsed, undefined).name).toBe(
      text.replace("file:root", `file:${resolve("root")}`),
    );
  });

  it.each([
    ["", /no source of root keys/],
    ["/keys/root.key", /no source of root keys/],
    ["vault:x", /no source of root keys/],
    ["constructor:", /no source of root keys/],
    ["file:", /file:PATH/],
    ["passphrase:correct horse battery staple", /passphrase:/],
    ["aws-kms:", /aws-kms:ARN/],
    ["aws-kms:alias/vault", /aws-kms:ARN/],
    ["aws-kms:arn:aws:s3:::bucket", /aws-kms:ARN/],
    ["gcp-kms:my-key", /gcp-kms:projects/],
    [`gcp-kms:${keyName}/cryptoKeyVersions/1`, /gcp-kms:projects/],
  ])("is refused as %j, and not repeated", (text, says) => {
    const parse = () => parseRootKeySetting(text, undefined);
    expect(parse).toThrow(RootKeyError);
    try {
      parse();
    } catch (error) {
      const { message, hint } = error as RootKeyError;
      expect(`${message} ${hint}`).toMatch(says);
      // Whoever writes the passphrase itself there has it in no log.
      expect(`${message} ${hint}`).not.toContain("horse");
    }
  });
});
