/** A data key for later: only encrypted, so that whoever asks for it can't use it yet. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeKey, usingAlgorithm } from "./authorize-key.ts";
import { numberOfBytes } from "./data-key-size.ts";
import { dataKeySize, dryRun, encryptionContext, grantTokens, keyId } from "./members.ts";
import { refuseDryRun } from "./use-errors.ts";

const action = "kms:GenerateDataKeyWithoutPlaintext";

export const generateDataKeyWithoutPlaintext = operation({
  name: "GenerateDataKeyWithoutPlaintext",
  isReadOnly: true,
  input: structure({
    KeyId: required(keyId),
    EncryptionContext: encryptionContext,
    ...dataKeySize,
    GrantTokens: grantTokens,
    DryRun: dryRun,
  }),
  async permit(input, call) {
    const bytes = numberOfBytes(input);
    const use = { ...input, conditions: usingAlgorithm() };
    return { bytes, permit: await authorizeKey(call, action, input.KeyId, use) };
  },
  async run({ EncryptionContext = {}, DryRun }, { bytes, permit }, { vault }) {
    const dataKey = await vault.keys.generateDataKey(permit, bytes, EncryptionContext);
    refuseDryRun(DryRun);
    return {
      CiphertextBlob: dataKey.ciphertextBlob,
      KeyId: permit.resource.arn,
      KeyMaterialId: dataKey.materialId,
    };
  },
});
