/** The value of a key that a person makes: told how, asked for, and stored for the run to go on. */
import { aws } from "../aws.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import { explained, withoutValue } from "../stores/failures.ts";
import { readGiven } from "../stores/given-value.ts";
import { printed, type Reference } from "../stores/reference.ts";
import { isText } from "../stores/value.ts";
import { wrapped } from "../terminal/table.ts";
import { visible } from "../terminal/visible.ts";
import type { RotationRun } from "./rotation.ts";

/** `file` is `@FILE`, or undefined for standard input and the prompt. */
export async function storeByHand(
  reference: Reference,
  { clientRequestToken, instructions = "Make a new key at the provider." }: RotationRun,
  file: string | undefined,
): Promise<void> {
  const width = process.stderr.isTTY ? process.stderr.columns || 80 : Number.POSITIVE_INFINITY;
  const lines = instructions
    .split("\n")
    .flatMap((line) => wrapped(visible(line), width - 2))
    .map((line) => `  ${line}\n`);
  process.stderr.write(`\nBy hand:\n${lines.join("")}\n`);
  const value = await readGiven(`New value of ${printed(reference)}:`, file).catch((error) => {
    throw isInterruption(error) ? leftWaiting(reference) : error;
  });
  const secretsManager = await aws.secretsManager();
  try {
    await explained(reference, () =>
      secretsManager.putSecretValue({
        SecretId: reference.name,
        ClientRequestToken: clientRequestToken,
        VersionStages: ["AWSPENDING"],
        ...(isText(value) ? { SecretString: value.text } : { SecretBinary: value.bytes }),
      }),
    );
    // The same request again begins nothing: it has the vault look for the value at once.
    const ClientRequestToken = clientRequestToken;
    await secretsManager.rotateSecret({ SecretId: reference.name, ClientRequestToken });
  } catch (error) {
    throw isText(value) ? withoutValue(error, value.text) : error;
  }
}

function isInterruption(error: unknown): boolean {
  return error instanceof CommandFailure && error.exitCode === exitCodes.interrupted;
}

function leftWaiting(reference: Reference): CommandFailure {
  const hint = `the rotation waits for the new value: claviger rotate ${printed(reference)}`;
  return new CommandFailure("interrupted", hint, exitCodes.interrupted);
}
