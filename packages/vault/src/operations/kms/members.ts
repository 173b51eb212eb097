/** Input members that several KMS operations share, as the service model declares them. */
import { boolean, integer, list, map, refused, string } from "../../shapes/shapes.ts";

export const keyId = string({ min: 1, max: 2048 });

export const aliasName = string({ min: 1, max: 256, pattern: "^[a-zA-Z0-9:/_-]+$" });

export const encryptionContext = map(string(), string());

export const encryptionAlgorithm = string({
  enum: ["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"],
});

export const policy = string({
  min: 1,
  max: 131_072,
  pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+",
});

export const policyName = string({ min: 1, max: 128, pattern: "[\\w]+" });

export const dryRun = boolean();

export const dryRunModifiers = refused("a dry run looks at the ciphertext.");

export const grantTokens = list(string({ min: 1, max: 8192 }), { max: 10 });

export const grantId = string({ min: 1, max: 128 });

export const principal = string({ min: 1, max: 256, pattern: "^[\\w+=,.@:/-]+$" });

export const recipient = refused("there is no Nitro enclave to encrypt for.");

export const dataKeySize = {
  NumberOfBytes: integer({ min: 1, max: 1024 }),
  KeySpec: string({ enum: ["AES_256", "AES_128"] }),
};

/** Of a page. */
export const limit = integer({ min: 1, max: 1000 });

export const marker = string({ min: 1, max: 1024, pattern: "[\\u0020-\\u00FF]*" });
