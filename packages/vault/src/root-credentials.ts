/**
 * The account root's access key: given by the environment, or made at the first start and kept in
 * the data folder, readable by its owner only.
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Randomness } from "./clock.ts";
import { ConfigurationError, type RootCredentials } from "./configuration.ts";

export function rootCredentialsPath(dataDirectory: string): string {
  return join(dataDirectory, "root-credentials.json");
}

/** The kept credentials, or undefined where there are none. */
export function readRootCredentials(dataDirectory: string): RootCredentials | undefined {
  const path = rootCredentialsPath(dataDirectory);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const damaged = new ConfigurationError(
    `${path} does not hold root credentials`,
    "restore it, or remove it to have a new root key made at the next start",
  );
  let kept: Partial<RootCredentials>;
  try {
    kept = JSON.parse(text);
  } catch {
    throw damaged;
  }
  const { accessKeyId, secretAccessKey } = kept;
  if (typeof accessKeyId !== "string" || typeof secretAccessKey !== "string") throw damaged;
  return { accessKeyId, secretAccessKey };
}

/** Makes credentials in the form of AWS's and keeps them, durably, mode 0600. */
export function makeRootCredentials(
  dataDirectory: string,
  randomness: Randomness,
): RootCredentials {
  const credentials = {
    accessKeyId: `AKIA${base32(randomness.bytes(10))}`,
    secretAccessKey: randomness.bytes(30).toString("base64"),
  };
  const file = openSync(rootCredentialsPath(dataDirectory), "wx", 0o600);
  try {
    writeSync(file, `${JSON.stringify(credentials, undefined, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return credentials;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** 16 characters for 10 bytes. */
function base32(bytes: Buffer): string {
  let bits = BigInt(`0x${bytes.toString("hex")}`);
  let text = "";
  for (let count = (bytes.length * 8) / 5; count > 0; count--) {
    text = alphabet.charAt(Number(bits & 31n)) + text;
    bits >>= 5n;
  }
  return text;
}
