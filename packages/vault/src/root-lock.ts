/**
 * The root credentials locked away: sealed under a passphrase in the data folder, where the vault
 * sees that they are, knows their access key id, and takes nobody for the root. Locking and
 * unlocking hold at once, for a running vault too.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Randomness } from "./clock.ts";
import { ConfigurationError } from "./configuration/configuration-error.ts";
import type { RootCredentials } from "./configuration/root.ts";
import {
  openUnderPassphrase,
  type PassphraseSealed,
  sealUnderPassphrase,
} from "./encryption/root-keys/passphrase-seal.ts";
import { RootKeyError } from "./encryption/root-keys/root-key.ts";
import { OpenFailed } from "./encryption/seal.ts";
import { readPrivateFile, removePrivateFile, writePrivateFile } from "./private-file.ts";
import {
  makeRootCredentials,
  readRootCredentials,
  rootCredentialsPath,
} from "./root-credentials.ts";

/** What is sealed is the secret access key, bound to the id that stands beside it. */
type RootLock = PassphraseSealed & { readonly accessKeyId: string };

export function rootLockPath(dataDirectory: string): string {
  return join(dataDirectory, "root-credentials.sealed");
}

export function isRootLocked(dataDirectory: string): boolean {
  return existsSync(rootLockPath(dataDirectory));
}

/**
 * Seals the kept credentials, opens what was sealed, and only then removes them in the clear.
 * Killed in between, both files are there and the lock holds; run again, it goes on. Throws
 * ConfigurationError where there are none, RootKeyError for a short passphrase or another one.
 */
export async function lockRootCredentials(
  dataDirectory: string,
  passphrase: string,
): Promise<void> {
  const credentials = readRootCredentials(dataDirectory);
  if (credentials === undefined) {
    throw new ConfigurationError(
      `${dataDirectory} keeps no root credentials`,
      "give the --data folder of a vault that made its own",
    );
  }
  const { accessKeyId, secretAccessKey } = credentials;
  if (!isRootLocked(dataDirectory)) {
    const sealed = await sealUnderPassphrase(passphrase, secretAccessKey, accessKeyId);
    const lock: RootLock = { accessKeyId, ...sealed };
    writePrivateFile(rootLockPath(dataDirectory), `${JSON.stringify(lock, undefined, 2)}\n`);
  }
  if ((await openLock(dataDirectory, passphrase)).secretAccessKey !== secretAccessKey) {
    throw damaged(dataDirectory);
  }
  removePrivateFile(rootCredentialsPath(dataDirectory));
}

/** Puts the credentials back where they were. Throws as above. */
export async function unlockRootCredentials(
  dataDirectory: string,
  passphrase: string,
): Promise<void> {
  const credentials = await openLock(dataDirectory, passphrase);
  if (readRootCredentials(dataDirectory) === undefined) {
    const text = `${JSON.stringify(credentials, undefined, 2)}\n`;
    writePrivateFile(rootCredentialsPath(dataDirectory), text);
  }
  removePrivateFile(rootLockPath(dataDirectory));
}

/**
 * For the vault: as they are kept, or made at the first start. Whether they are locked away is
 * looked up at each use, but once only in a turn of the event loop, so that the secret is forgotten
 * then and found again afterwards.
 */
export function keptRootCredentials(dataDirectory: string, randomness: Randomness) {
  let known: RootCredentials | undefined = isRootLocked(dataDirectory)
    ? undefined
    : (readRootCredentials(dataDirectory) ?? makeRootCredentials(dataDirectory, randomness));
  let isLookedUp = false;
  return {
    accessKeyId: known?.accessKeyId ?? readLock(dataDirectory).accessKeyId,
    get secretAccessKey(): string | undefined {
      if (!isLookedUp) {
        if (isRootLocked(dataDirectory)) known = undefined;
        else known ??= readRootCredentials(dataDirectory);
        isLookedUp = true;
        setImmediate(() => {
          isLookedUp = false;
        });
      }
      return known?.secretAccessKey;
    },
  };
}

async function openLock(dataDirectory: string, passphrase: string): Promise<RootCredentials> {
  const lock = readLock(dataDirectory);
  const { accessKeyId } = lock;
  try {
    const secretAccessKey = await openUnderPassphrase(passphrase, lock, accessKeyId);
    return { accessKeyId, secretAccessKey };
  } catch (error) {
    if (!(error instanceof OpenFailed)) throw error;
    throw new RootKeyError(
      "the passphrase does not open the root credentials",
      `if it is lost, remove ${rootLockPath(dataDirectory)}: the next start makes new ones`,
    );
  }
}

function readLock(dataDirectory: string): RootLock {
  const file = readPrivateFile(rootLockPath(dataDirectory));
  if (file === undefined) {
    throw new ConfigurationError(
      `the root credentials in ${dataDirectory} are not locked away`,
      "they are locked by: claviger setup",
    );
  }
  try {
    const lock: Partial<RootLock> = JSON.parse(file.text);
    const { accessKeyId, salt, cost, sealed } = lock;
    if (accessKeyId && salt && cost && sealed) return { accessKeyId, salt, cost, sealed };
  } catch {
    // Told below.
  }
  throw damaged(dataDirectory);
}

function damaged(dataDirectory: string): ConfigurationError {
  return new ConfigurationError(
    `${rootLockPath(dataDirectory)} does not hold locked root credentials`,
    "restore it, or remove it to have new credentials made at the next start",
  );
}
