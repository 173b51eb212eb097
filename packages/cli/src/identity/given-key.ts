/**
 * The access key that somebody logs in with: typed at a prompt, or on standard input as two words,
 * as the JSON that `aws iam create-access-key` prints, or as the file that AWS's console gives.
 */
import { text } from "node:stream/consumers";
import { CommandFailure } from "../failure.ts";
import type { AccessKey } from "../profiles/profile.ts";
import { ask } from "../terminal/ask.ts";
import { askSilently } from "../terminal/ask-silently.ts";

export async function givenKey(): Promise<AccessKey> {
  return process.stdin.isTTY ? askForKey() : keyIn(await text(process.stdin));
}

/** The one access key in a text. Throws CommandFailure, without quoting it. */
export function keyIn(given: string): AccessKey {
  const words = given.match(/[A-Za-z0-9+/]+/g) ?? [];
  const [accessKeyId, second] = words.filter((word) => idForm.test(word));
  const [secretAccessKey, another] = words.filter((word) => secretForm.test(word));
  if (accessKeyId === undefined || secretAccessKey === undefined || second || another) {
    throw new CommandFailure(
      "standard input has no access key, or more than one",
      "give its id and its secret, or pipe it: aws iam create-access-key --user-name NAME | claviger login",
    );
  }
  return checked({ accessKeyId, secretAccessKey });
}

const idForm = /^A[KS]IA[A-Z0-9]{16}$/;
const secretForm = /^[A-Za-z0-9+/]{40}$/;

async function askForKey(): Promise<AccessKey> {
  const accessKeyId = await ask("Access key id:");
  if (!idForm.test(accessKeyId)) {
    throw new CommandFailure("that is no access key id", "give 20 characters, as AKIA…");
  }
  return checked({ accessKeyId, secretAccessKey: await askSilently("Secret access key:") });
}

function checked(key: AccessKey): AccessKey {
  if (key.accessKeyId.startsWith("AKIA")) return key;
  throw new CommandFailure(
    "that is a temporary key, which would soon be of no use",
    "give a user's own access key: it begins with AKIA",
  );
}
