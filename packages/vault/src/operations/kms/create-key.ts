/** Makes a symmetric encryption key, with AWS's default key policy where none is given. */
import { validationError } from "../../errors.ts";
import { keyResourceToBe, keysResource } from "../../keys/key-resource.ts";
import { boolean, type Infer, list, refused, string, structure } from "../../shapes/shapes.ts";
import { everyKey } from "../key-use.ts";
import { operation } from "../operation.ts";
import { requestTagConditions } from "../request-tags.ts";
import { responseElements } from "../response-elements.ts";
import { keyMetadata } from "./key-metadata.ts";
import { bypassConditions, readKeyPolicy } from "./key-policy.ts";
import { policy } from "./members.ts";
import { readTags, tag } from "./tags.ts";
import { unsupported } from "./unsupported.ts";

/** In the order in which AWS lists them to whoever asks for another. */
const keySpecs = [
  "RSA_2048",
  "ECC_NIST_P384",
  "ECC_NIST_EDWARDS25519",
  "ML_DSA_87",
  "ML_DSA_65",
  "ECC_NIST_P256",
  "ML_DSA_44",
  "ECC_NIST_P521",
  "HMAC_384",
  "RSA_3072",
  "SM2",
  "ECC_SECG_P256K1",
  "RSA_4096",
  "SYMMETRIC_DEFAULT",
  "HMAC_256",
  "HMAC_224",
  "HMAC_512",
] as const;
const newerKeySpecs: ReadonlySet<string> = new Set([
  "ECC_NIST_EDWARDS25519",
  "ML_DSA_44",
  "ML_DSA_65",
  "ML_DSA_87",
]);

const input = structure({
  Policy: policy,
  Description: string({ min: 0, max: 8192 }),
  KeyUsage: string({
    enum: ["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"],
  }),
  CustomerMasterKeySpec: string({ enum: keySpecs.filter((spec) => !newerKeySpecs.has(spec)) }),
  KeySpec: string({ enum: keySpecs }),
  Origin: string({ enum: ["EXTERNAL", "EXTERNAL_KEY_STORE", "AWS_CLOUDHSM", "AWS_KMS"] }),
  CustomKeyStoreId: refused("key material is kept by the vault itself."),
  BypassPolicyLockoutSafetyCheck: boolean(),
  Tags: list(tag),
  MultiRegion: boolean(),
  XksKeyId: refused("key material is kept by the vault itself."),
});

export const createKey = operation({
  name: "CreateKey",
  isReadOnly: false,
  input,
  async permit(given, call) {
    requireMakeable(given);
    const tags = readTags(given.Tags);
    const keyId = call.vault.keys.nextKeyId();
    const key = keyResourceToBe(call.scope, keyId);
    const conditions = {
      "kms:CallerAccount": call.principal.accountId,
      ...everyKey,
      ...bypassConditions(given.BypassPolicyLockoutSafetyCheck),
      ...requestTagConditions(tags),
    };
    const permit = call.authorize("kms:CreateKey", keysResource(call.scope), conditions);
    if (Object.keys(tags).length > 0) {
      call.authorize("kms:TagResource", key, conditions);
    }
    return { permit, key, keyId, tags };
  },
  async run({ Description: description = "", ...given }, { permit, key, keyId, tags }, call) {
    const { vault, notes } = call;
    const isBypassed = given.BypassPolicyLockoutSafetyCheck;
    const policy =
      given.Policy === undefined
        ? undefined
        : await readKeyPolicy(call, key, given.Policy, isBypassed);
    const { record } = await vault.keys.create(permit, { keyId, description, tags, policy });
    const output = { KeyMetadata: keyMetadata(record) };
    notes.resources = [record.arn];
    notes.responseElements = responseElements(output);
    return output;
  },
});

/** Throws what AWS says of members that don't go together, then what this vault can't make. */
function requireMakeable(given: Infer<typeof input>): void {
  if (given.KeySpec !== undefined && given.CustomerMasterKeySpec !== undefined) {
    throw validationError(
      "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. " +
        "CustomerMasterKeySpec is deprecated.",
    );
  }
  const spec = given.KeySpec ?? given.CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT";
  const isSymmetric = spec === "SYMMETRIC_DEFAULT";
  if (!isSymmetric && given.KeyUsage === undefined) {
    throw validationError(
      "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
    );
  }
  if (isSymmetric && (given.KeyUsage ?? "ENCRYPT_DECRYPT") !== "ENCRYPT_DECRYPT") {
    throw validationError(`KeyUsage ${given.KeyUsage} is not compatible with KeySpec ${spec}`);
  }
  if (!isSymmetric) {
    throw unsupported(`KeySpec ${spec}`, "its keys are SYMMETRIC_DEFAULT.");
  }
  if ((given.Origin ?? "AWS_KMS") !== "AWS_KMS") {
    throw unsupported(`Origin ${given.Origin}`, "key material is made and kept by the vault.");
  }
  if (given.MultiRegion === true) {
    throw unsupported("MultiRegion", "a key belongs to one region.");
  }
}
