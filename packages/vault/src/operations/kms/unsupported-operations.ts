/**
 * The operations of keys that this vault doesn't have: asymmetric and HMAC keys, imported material,
 * keys in several regions, custom key stores. Each is known, asks for its permission, and answers
 * as AWS answers of a symmetric key with the vault's own material, where AWS has such an answer.
 */
import { ApiError } from "../../errors.ts";
import { keysResource } from "../../keys/key-resource.ts";
import { required, structure } from "../../shapes/shapes.ts";
import { type AnyOperation, operation } from "../operation.ts";
import { authorizeKey, authorizeKeyById } from "./authorize-key.ts";
import { keyId } from "./members.ts";
import { unsupported } from "./unsupported.ts";

type Refusal = (arn: string, operation: string) => ApiError;

const wrongUsage: Refusal = (arn, name) =>
  new ApiError(
    "InvalidKeyUsageException",
    `${arn} key usage is ENCRYPT_DECRYPT which is not valid for ${name}.`,
  );
const wrongSpec: Refusal = (arn) =>
  new ApiError(
    "UnsupportedOperationException",
    `${arn} key spec is SYMMETRIC_DEFAULT which is not valid for this operation.`,
  );
const wrongOrigin: Refusal = (arn) =>
  new ApiError(
    "UnsupportedOperationException",
    `${arn} origin is AWS_KMS which is not valid for this operation.`,
  );
const oneRegion: Refusal = (_arn, name) => unsupported(name, "a key belongs to one region.");
const noKeyPairs: Refusal = (_arn, name) => unsupported(name, "it makes symmetric keys only.");
const notTracked: Refusal = (_arn, name) => unsupported(name, "CloudTrail has each use of a key.");

/** What uses a key takes it by its alias, too. */
const byAlias: ReadonlySet<string> = new Set([
  "DeriveSharedSecret",
  "GenerateDataKeyPair",
  "GenerateDataKeyPairWithoutPlaintext",
  "GenerateMac",
  "GetPublicKey",
  "Sign",
  "Verify",
  "VerifyMac",
]);

const ofKeys: Readonly<Record<string, readonly [Refusal, isReadOnly: boolean]>> = {
  DeleteImportedKeyMaterial: [wrongOrigin, false],
  DeriveSharedSecret: [wrongUsage, true],
  GenerateDataKeyPair: [noKeyPairs, true],
  GenerateDataKeyPairWithoutPlaintext: [noKeyPairs, true],
  GenerateMac: [wrongUsage, true],
  GetKeyLastUsage: [notTracked, true],
  GetParametersForImport: [wrongOrigin, true],
  GetPublicKey: [wrongSpec, true],
  ImportKeyMaterial: [wrongOrigin, false],
  ReplicateKey: [oneRegion, false],
  Sign: [wrongUsage, true],
  UpdatePrimaryRegion: [oneRegion, false],
  Verify: [wrongUsage, true],
  VerifyMac: [wrongUsage, true],
};

const ofKeyStores = {
  ConnectCustomKeyStore: false,
  CreateCustomKeyStore: false,
  DeleteCustomKeyStore: false,
  DescribeCustomKeyStores: true,
  DisconnectCustomKeyStore: false,
  UpdateCustomKeyStore: false,
} as const;

export const unsupportedOperations: readonly AnyOperation[] = [
  ...Object.entries(ofKeys).map(([name, [refusal, isReadOnly]]) =>
    operation({
      name,
      isReadOnly,
      refusal: `${refusal("", name).code}, the vault's keys are symmetric, its own, and of one region.`,
      input: structure({ KeyId: required(keyId) }),
      permit: ({ KeyId }, call) =>
        byAlias.has(name)
          ? authorizeKey(call, `kms:${name}`, KeyId)
          : authorizeKeyById(call, `kms:${name}`, KeyId),
      run(_input, { resource }) {
        throw refusal(resource.arn, name);
      },
    }),
  ),
  ...Object.entries(ofKeyStores).map(([name, isReadOnly]) =>
    operation({
      name,
      isReadOnly,
      refusal: `${unsupported(name, "").code}, key material is kept by the vault itself.`,
      input: structure({}),
      permit: (_input, call) => call.authorize(`kms:${name}`, keysResource(call.scope)),
      run() {
        throw unsupported(name, "key material is kept by the vault itself.");
      },
    }),
  ),
];
