/** Encrypts under one key what was encrypted under another; the plaintext never leaves the vault. */
import { ApiError } from "../../errors.ts";
import { blob, required, structure } from "../../shapes/shapes.ts";
import { type Call, operation } from "../operation.ts";
import { authorizeKey, authorizeKeyOf, usingAlgorithm } from "./authorize-key.ts";
import {
  dryRun,
  dryRunModifiers,
  encryptionAlgorithm,
  encryptionContext,
  grantTokens,
  keyId,
} from "./members.ts";
import { refuseDryRun, requireSymmetric } from "./use-errors.ts";

export const reEncrypt = operation({
  name: "ReEncrypt",
  isReadOnly: true,
  input: structure({
    CiphertextBlob: required(blob({ min: 1, max: 6144 })),
    SourceEncryptionContext: encryptionContext,
    SourceKeyId: keyId,
    DestinationKeyId: required(keyId),
    DestinationEncryptionContext: encryptionContext,
    SourceEncryptionAlgorithm: encryptionAlgorithm,
    DestinationEncryptionAlgorithm: encryptionAlgorithm,
    GrantTokens: grantTokens,
    DryRun: dryRun,
    DryRunModifiers: dryRunModifiers,
  }),
  async permit({ GrantTokens, ...input }, call) {
    const { CiphertextBlob, SourceKeyId, DestinationKeyId } = input;
    const source = SourceKeyId ?? call.vault.keys.keyArnOf(call.scope, CiphertextBlob);
    const isSameKey = await areSame(call, source, DestinationKeyId);
    const conditions = { "kms:ReEncryptOnSameKey": String(isSameKey) };
    return {
      from: await authorizeKeyOf(call, "kms:ReEncryptFrom", SourceKeyId, CiphertextBlob, {
        EncryptionContext: input.SourceEncryptionContext,
        GrantTokens,
        conditions: { ...conditions, ...usingAlgorithm(input.SourceEncryptionAlgorithm) },
      }),
      to: await authorizeKey(call, "kms:ReEncryptTo", DestinationKeyId, {
        EncryptionContext: input.DestinationEncryptionContext,
        GrantTokens,
        conditions: { ...conditions, ...usingAlgorithm(input.DestinationEncryptionAlgorithm) },
      }),
    };
  },
  async run(input, { from, to }, { vault }) {
    const { SourceEncryptionContext = {}, DestinationEncryptionContext = {} } = input;
    requireSymmetric(input.SourceEncryptionAlgorithm);
    requireSymmetric(input.DestinationEncryptionAlgorithm);
    const { keys } = vault;
    const opened = await keys.decrypt(from, input.CiphertextBlob, SourceEncryptionContext);
    const CiphertextBlob = await keys.encrypt(to, opened.plaintext, DestinationEncryptionContext);
    opened.plaintext.fill(0);
    refuseDryRun(input.DryRun);
    return {
      CiphertextBlob,
      SourceKeyId: from.resource.arn,
      KeyId: to.resource.arn,
      SourceEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
      DestinationEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
      SourceKeyMaterialId: opened.materialId,
      DestinationKeyMaterialId: to.resource.record.currentMaterialId,
    };
  },
});

/** Keys that aren't there are refused when their permits are asked for, one after the other. */
async function areSame({ vault, scope }: Call, one: string, other: string): Promise<boolean> {
  try {
    const source = await vault.keys.locate(scope, one);
    return source.arn === (await vault.keys.locate(scope, other)).arn;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}
