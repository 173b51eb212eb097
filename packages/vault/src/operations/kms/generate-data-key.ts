/** A random data key, in the clear for use now and encrypted under a key to keep. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeKey, usingAlgorithm } from "./authorize-key.ts";
import { numberOfBytes } from "./data-key-size.ts";
import {
  dataKeySize,
  dryRun,
  encryptionContext,
  grantTokens,
  keyId,
  recipient,
} from "./members.ts";
import { refuseDryRun } from "./use-errors.ts";

export const generateDataKey = operation({
  name: "GenerateDataKey",
  isReadOnly: true,
  input: structure({
    KeyId: required(keyId),
    EncryptionContext: encryptionContext,
    ...dataKeySize,
    GrantTokens: grantTokens,
    Recipient: recipient,
    DryRun: dryRun,
  }),
  async permit(input, call) {
    const conditions = usingAlgorithm();
    const bytes = numberOfBytes(input);
    const use = { ...input, conditions };
    return { bytes, permit: await authorizeKey(call, "kms:GenerateDataKey", input.KeyId, use) };
  },
  async run({ EncryptionContext = {}, DryRun }, { bytes, permit }, { vault }) {
    const dataKey = await vault.keys.generateDataKey(permit, bytes, EncryptionContext);
    refuseDryRun(DryRun);
    return {
      CiphertextBlob: dataKey.ciphertextBlob,
      Plaintext: dataKey.plaintext,
      KeyId: permit.resource.arn,
      KeyMaterialId: dataKey.materialId,
    };
  },
});
