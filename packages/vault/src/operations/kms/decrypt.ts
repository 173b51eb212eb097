/** Opens what Encrypt or GenerateDataKey gave. The ciphertext itself says which key it needs. */
import { blob, required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeKeyOf, usingAlgorithm } from "./authorize-key.ts";
import {
  dryRun,
  dryRunModifiers,
  encryptionAlgorithm,
  encryptionContext,
  grantTokens,
  keyId,
  recipient,
} from "./members.ts";
import { refuseDryRun, requireSymmetric } from "./use-errors.ts";

export const decrypt = operation({
  name: "Decrypt",
  isReadOnly: true,
  input: structure({
    CiphertextBlob: required(blob({ min: 1, max: 6144 })),
    EncryptionContext: encryptionContext,
    GrantTokens: grantTokens,
    KeyId: keyId,
    EncryptionAlgorithm: encryptionAlgorithm,
    Recipient: recipient,
    DryRun: dryRun,
    DryRunModifiers: dryRunModifiers,
  }),
  permit: ({ CiphertextBlob, KeyId, ...input }, call) =>
    authorizeKeyOf(call, "kms:Decrypt", KeyId, CiphertextBlob, {
      ...input,
      conditions: usingAlgorithm(input.EncryptionAlgorithm),
    }),
  async run({ CiphertextBlob, EncryptionContext = {}, ...input }, permit, { vault }) {
    requireSymmetric(input.EncryptionAlgorithm);
    const decrypted = await vault.keys.decrypt(permit, CiphertextBlob, EncryptionContext);
    refuseDryRun(input.DryRun);
    return {
      KeyId: permit.resource.arn,
      Plaintext: decrypted.plaintext,
      EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
      KeyMaterialId: decrypted.materialId,
    };
  },
});
