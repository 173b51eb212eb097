/** Input members that several KMS operations share, as the service model declares them. */
import { boolean, integer, map, refused, string } from "../../shapes/shapes.ts";

export const keyId = string({ min: 1, max: 2048 });

export const encryptionContext = map(string(), string());

export const encryptionAlgorithm = string({
  enum: ["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"],
});

export const dryRun = boolean();

export const grantTokens = refused("grants come with the rest of KMS key administration.");

export const recipient = refused("there is no Nitro enclave to encrypt for.");

/** Of a page. */
export const limit = integer({ min: 1, max: 1000 });

export const marker = string({ min: 1, max: 1024, pattern: "[\\u0020-\\u00FF]*" });
