/** Reads where a root key comes from, as CLAVIGER_ROOT_KEY and `claviger rekey --to` write it. */
import { resolve } from "node:path";
import { awsKmsRootKey } from "./aws-kms.ts";
import { fileRootKey } from "./file.ts";
import { gcpKmsRootKey } from "./gcp-kms.ts";
import { passphraseRootKey } from "./passphrase.ts";
import { RootKeyError } from "./root-key.ts";
import type { RootKeySource } from "./source.ts";

export type RootKeySetting =
  | { readonly type: "file"; readonly path: string; readonly isMadeIfMissing: boolean }
  | { readonly type: "passphrase"; readonly file: string | undefined }
  | { readonly type: "aws-kms" | "gcp-kms"; readonly key: string };

const forms: Readonly<Record<RootKeySetting["type"], { says: string; pattern: RegExp }>> = {
  file: { says: "file:PATH", pattern: /^.+$/ },
  passphrase: { says: "passphrase:", pattern: /^$/ },
  "aws-kms": {
    says: "aws-kms:ARN, of a key or an alias",
    pattern: /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(?:key|alias)\/[\w/-]+$/,
  },
  "gcp-kms": {
    says: "gcp-kms:projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY",
    pattern: /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/,
  },
};

/** Throws RootKeyError for what names no source. `passphraseFile` is CLAVIGER_PASSPHRASE_FILE's. */
export function parseRootKeySetting(
  text: string,
  passphraseFile: string | undefined,
): RootKeySetting {
  const colon = text.indexOf(":");
  const type = text.slice(0, Math.max(colon, 0)) as RootKeySetting["type"];
  const key = text.slice(colon + 1);
  if (!Object.hasOwn(forms, type)) {
    const known = Object.values(forms).map(({ says }) => says);
    throw new RootKeyError("This names no source of root keys.", `Give ${known.join("; or ")}.`);
  }
  const { says, pattern } = forms[type];
  if (!pattern.test(key)) {
    throw new RootKeyError(`This names no root key of ${type}:.`, `Give ${says}.`);
  }
  if (type === "file") return { type, path: resolve(key), isMadeIfMissing: false };
  if (type === "passphrase") return { type, file: passphraseFile && resolve(passphraseFile) };
  return { type, key };
}

/** `endpoint` is CLAVIGER_ROOT_KEY_ENDPOINT's: where a cloud's KMS is asked instead of its own. */
export function rootKeySource(
  setting: RootKeySetting,
  endpoint: string | undefined,
): RootKeySource {
  if (setting.type === "file") return fileRootKey(setting.path, setting);
  if (setting.type === "passphrase") return passphraseRootKey(setting.file);
  const { type, key } = setting;
  return type === "aws-kms" ? awsKmsRootKey(key, endpoint) : gcpKmsRootKey(key, endpoint);
}
