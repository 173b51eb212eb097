/**
 * The account root's access key: given by the environment, or made at the first start and kept in
 * the data folder, readable by its owner only.
 */
import { join } from "node:path";
import type { Randomness } from "./clock.ts";
import { ConfigurationError } from "./configuration/configuration-error.ts";
import type { RootCredentials } from "./configuration/root.ts";
import { accessKeyId, secretAccessKey } from "./principals/ids.ts";
import { readPrivateFile, writePrivateFile } from "./private-file.ts";

export function rootCredentialsPath(dataDirectory: string): string {
  return join(dataDirectory, "root-credentials.json");
}

/**
 * The kept credentials, or undefined where there are none. Throws ConfigurationError for a file
 * that others may read: it is no secret any more, and perhaps never was one (a folder that came
 * with somebody's repository has such modes).
 */
export function readRootCredentials(dataDirectory: string): RootCredentials | undefined {
  const path = rootCredentialsPath(dataDirectory);
  const file = readPrivateFile(path);
  if (file === undefined) return undefined;
  if (file.openMode !== undefined) {
    throw new ConfigurationError(
      `${path} is open to others (mode ${file.openMode})`,
      "remove it to have new credentials made at the next start; if you know that nobody read " +
        `it: chmod 600 ${path}`,
    );
  }
  const damaged = new ConfigurationError(
    `${path} does not hold root credentials`,
    "restore it, or remove it to have new credentials made at the next start",
  );
  let kept: Partial<RootCredentials>;
  try {
    kept = JSON.parse(file.text);
  } catch {
    throw damaged;
  }
  const { accessKeyId: id, secretAccessKey: secret } = kept;
  if (typeof id !== "string" || typeof secret !== "string") throw damaged;
  return { accessKeyId: id, secretAccessKey: secret };
}

/** Makes credentials in the form of AWS's and keeps them, durably, mode 0600. */
export function makeRootCredentials(
  dataDirectory: string,
  randomness: Randomness,
): RootCredentials {
  const credentials = {
    accessKeyId: accessKeyId("AKIA", randomness),
    secretAccessKey: secretAccessKey(randomness),
  };
  const text = `${JSON.stringify(credentials, undefined, 2)}\n`;
  writePrivateFile(rootCredentialsPath(dataDirectory), text);
  return credentials;
}
