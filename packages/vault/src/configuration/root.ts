/** Of the settings: the root credentials, and the key that all others are sealed under. */
import { resolve } from "node:path";
import { RootKeyError } from "../encryption/root-keys/root-key.ts";
import { parseRootKeySetting, type RootKeySetting } from "../encryption/root-keys/sources.ts";
import { settings } from "../settings.ts";
import { ConfigurationError } from "./configuration-error.ts";
import type { Given } from "./given.ts";

export interface RootCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export function rootCredentialsFrom(given: Given): RootCredentials | undefined {
  const accessKeyId = given("rootAccessKeyId");
  const secretAccessKey = given("rootSecretAccessKey");
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  const both = `set ${settings.rootAccessKeyId.variable} and ${settings.rootSecretAccessKey.variable}`;
  // A node of many has no data folder that they could be made in.
  const hint = given("database") === undefined ? `${both}, or neither` : both;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new ConfigurationError("half of the root credentials is missing", hint);
  }
  if (!/^\w{16,128}$/.test(accessKeyId)) {
    throw new ConfigurationError(
      `${settings.rootAccessKeyId.variable} is not an access key id`,
      "give 16 to 128 letters and digits, as AKIA…",
    );
  }
  if (secretAccessKey.length < 16) {
    throw new ConfigurationError(
      `${settings.rootSecretAccessKey.variable} is too short to be safe`,
      "give at least 16 random characters; AWS's own have 40",
    );
  }
  return { accessKeyId, secretAccessKey };
}

/** `dataDirectory` is undefined where there is none that a key could be made in. */
export function rootKeyFrom(given: Given, dataDirectory: string | undefined) {
  const file = given("passphraseFile");
  const passphraseFile = file && resolve(file);
  const rootKeyEndpoint = given("rootKeyEndpoint");
  if (rootKeyEndpoint !== undefined && !/^https?:\/\/[^/]+\/?$/.test(rootKeyEndpoint)) {
    throw new ConfigurationError(
      `'${rootKeyEndpoint}' is not an endpoint`,
      "give a URL without a path, as https://kms.example.com",
    );
  }
  return {
    rootKey: rootKeySettingFrom(given("rootKey"), passphraseFile, dataDirectory),
    passphraseFile,
    rootKeyEndpoint,
  };
}

function rootKeySettingFrom(
  source: string | undefined,
  passphraseFile: string | undefined,
  dataDirectory: string | undefined,
): RootKeySetting | undefined {
  if (source === undefined) {
    if (dataDirectory === undefined) return undefined;
    return { type: "file", path: resolve(dataDirectory, "root.key"), isMadeIfMissing: true };
  }
  try {
    return parseRootKeySetting(source, passphraseFile);
  } catch (error) {
    if (!(error instanceof RootKeyError)) throw error;
    throw new ConfigurationError(`${settings.rootKey.variable}: ${error.message}`, error.hint);
  }
}
