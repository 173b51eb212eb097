/** A random data key, in the clear for use now and encrypted under a key to keep. */
import { validationError } from "../../errors.ts";
import { integer, required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeKey } from "./authorize-key.ts";
import { dryRun, encryptionContext, grantTokens, keyId, recipient } from "./members.ts";
import { refuseDryRun } from "./use-errors.ts";

const bytesOf = { AES_128: 16, AES_256: 32 } as const;

export const generateDataKey = operation({
  name: "GenerateDataKey",
  isReadOnly: true,
  input: structure({
    KeyId: required(keyId),
    EncryptionContext: encryptionContext,
    NumberOfBytes: integer({ min: 1, max: 1024 }),
    KeySpec: string({ enum: ["AES_256", "AES_128"] }),
    GrantTokens: grantTokens,
    Recipient: recipient,
    DryRun: dryRun,
  }),
  permit(input, call) {
    if ((input.NumberOfBytes === undefined) === (input.KeySpec === undefined)) {
      throw validationError("Please specify either number of bytes or key spec.");
    }
    return authorizeKey(call, "kms:GenerateDataKey", input.KeyId, input);
  },
  async run({ KeySpec = "AES_256", EncryptionContext = {}, ...input }, permit, { vault }) {
    const numberOfBytes = input.NumberOfBytes ?? bytesOf[KeySpec];
    const dataKey = await vault.keys.generateDataKey(permit, numberOfBytes, EncryptionContext);
    refuseDryRun(input.DryRun);
    return {
      CiphertextBlob: dataKey.ciphertextBlob,
      Plaintext: dataKey.plaintext,
      KeyId: permit.resource.arn,
      KeyMaterialId: dataKey.materialId,
    };
  },
});
