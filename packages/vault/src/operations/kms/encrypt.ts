/** Encrypts up to 4096 bytes under a key; the ciphertext opens only with the same context. */
import { blob, required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeKey, usingAlgorithm } from "./authorize-key.ts";
import { dryRun, encryptionAlgorithm, encryptionContext, grantTokens, keyId } from "./members.ts";
import { refuseDryRun, requireSymmetric } from "./use-errors.ts";

export const encrypt = operation({
  name: "Encrypt",
  isReadOnly: true,
  input: structure({
    KeyId: required(keyId),
    Plaintext: required(blob({ min: 1, max: 4096, isSensitive: true })),
    EncryptionContext: encryptionContext,
    GrantTokens: grantTokens,
    EncryptionAlgorithm: encryptionAlgorithm,
    DryRun: dryRun,
  }),
  permit: (input, call) =>
    authorizeKey(call, "kms:Encrypt", input.KeyId, {
      ...input,
      conditions: usingAlgorithm(input.EncryptionAlgorithm),
    }),
  async run({ Plaintext, EncryptionContext = {}, ...input }, permit, { vault }) {
    requireSymmetric(input.EncryptionAlgorithm);
    const ciphertext = await vault.keys.encrypt(permit, Plaintext, EncryptionContext);
    refuseDryRun(input.DryRun);
    return {
      CiphertextBlob: ciphertext,
      KeyId: permit.resource.arn,
      EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
    };
  },
});
