/** The secret that notices are signed with, from a file that only its owner may read. */
import { createSecretKey, type KeyObject } from "node:crypto";
import { type PrivateFile, readPrivateFile } from "../private-file.ts";

const charactersMin = 32;

/** The file does not serve. Quotes nothing of it. */
export class WebhookSecretError extends Error {
  override readonly name = "WebhookSecretError";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** A line feed at its end is no part of it. Throws WebhookSecretError. */
export function readWebhookSecret(path: string): KeyObject {
  const { text, openMode } = read(path);
  if (openMode !== undefined) {
    throw new WebhookSecretError(
      `${path} is open to others (mode ${openMode})`,
      `take their access away: chmod 600 ${path}`,
    );
  }
  const secret = text.replace(/\r?\n$/, "");
  if (secret.length < charactersMin) {
    throw new WebhookSecretError(
      `the secret in ${path} is too short to be safe`,
      `give at least ${charactersMin} random characters, as openssl rand -hex 32 prints`,
    );
  }
  return createSecretKey(secret, "utf8");
}

function read(path: string): PrivateFile {
  let file: PrivateFile | undefined;
  try {
    file = readPrivateFile(path);
  } catch {
    file = undefined;
  }
  if (file !== undefined) return file;
  throw new WebhookSecretError(`${path} can't be read`, "check that it is a file, and its owner");
}
