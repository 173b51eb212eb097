/**
 * The root key from a passphrase, by scrypt: as strong as the passphrase is long. The salt and the
 * cost are kept beside the data, so a copy of the data alone allows guessing, at the price of
 * 128 MB and a good part of a second each time.
 * https://www.rfc-editor.org/rfc/rfc7914
 */
import { randomBytes, type ScryptOptions, scrypt } from "node:crypto";
import { type RootKey, RootKeyError, rootKeyBytes, rootKeyFrom } from "./root-key.ts";
import { readSecretFile } from "./secret-file.ts";
import { type KeptRootKey, keptBy, type RootKeySource } from "./source.ts";

export type Cost = (KeptRootKey & { readonly type: "passphrase" })["cost"];

/** OWASP's first choice for scrypt. */
export const cost: Cost = { N: 2 ** 17, r: 8, p: 1 };
/** What is kept may be damaged, or meant to stop the vault by its memory: 1 GB at most. */
const costBounds = { N: [2 ** 15, 2 ** 20], r: [8, 8], p: [1, 4] } as const;
export const saltBytes = 32;
const charactersMin = 16;

/** `file` is CLAVIGER_PASSPHRASE_FILE's; a line feed at its end is not part of the passphrase. */
export function passphraseRootKey(file: string | undefined): RootKeySource {
  return {
    name: "passphrase:",
    async create() {
      const salt = randomBytes(saltBytes);
      const rootKey = await derive(readPassphrase(file), salt, cost);
      return { rootKey, kept: { type: "passphrase", salt: salt.toString("base64"), cost } };
    },
    async open(kept) {
      const { salt, cost: keptCost } = keptBy("passphrase", kept);
      const bytes = Buffer.from(salt, "base64");
      if (bytes.length !== saltBytes || !isWithinBounds(keptCost)) {
        throw new RootKeyError(
          "The salt or the cost that was kept for the passphrase is not one of ours.",
          "The database is damaged: restore it from its backup.",
        );
      }
      return derive(readPassphrase(file), bytes, keptCost);
    },
  };
}

/** What a file holds that is named for a passphrase. Throws RootKeyError. */
export function readPassphrase(file: string | undefined): string {
  if (file === undefined) {
    throw new RootKeyError(
      "The root key comes from a passphrase, and no file is named that holds it.",
      "Set CLAVIGER_PASSPHRASE_FILE to a file of mode 0600 with the passphrase.",
    );
  }
  const text = readSecretFile(file, "passphrase");
  if (text === undefined) {
    throw new RootKeyError(
      `There is no passphrase at ${file}.`,
      "Set CLAVIGER_PASSPHRASE_FILE to the file that holds it.",
    );
  }
  // What isn't UTF-8 was read as U+FFFD, and different passphrases would be the same.
  if (text.includes("\u{FFFD}")) {
    throw new RootKeyError(`The passphrase at ${file} is not text.`, "Write it in UTF-8.");
  }
  return longEnough(text.replace(/\r?\n$/, ""), `The passphrase at ${file}`);
}

/** The passphrase itself. Throws RootKeyError where it is short enough to be guessed. */
export function longEnough(passphrase: string, name: string): string {
  if ([...passphrase].length >= charactersMin) return passphrase;
  throw new RootKeyError(
    `${name} is shorter than ${charactersMin} characters.`,
    "Take six random words or more, or the output of: openssl rand -base64 24",
  );
}

export function isWithinBounds(kept: Cost): boolean {
  const isBetween = (value: number, [least, most]: readonly [number, number]) =>
    Number.isInteger(value) && value >= least && value <= most;
  const { N, r, p } = kept;
  const isPowerOfTwo = (N & (N - 1)) === 0;
  return (
    isBetween(N, costBounds.N) &&
    isPowerOfTwo &&
    isBetween(r, costBounds.r) &&
    isBetween(p, costBounds.p)
  );
}

/** On libuv's threads: the event loop goes on meanwhile. */
export function derive(passphrase: string, salt: Buffer, { N, r, p }: Cost): Promise<RootKey> {
  const options: ScryptOptions = { N, r, p, maxmem: 128 * N * r + 128 * r * p + 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salt, rootKeyBytes, options, (error, bytes) => {
      if (error !== null) return reject(error);
      const rootKey = rootKeyFrom(bytes);
      bytes.fill(0);
      resolve(rootKey);
    });
  });
}
