/**
 * Names and ARNs of secrets. An ARN ends in a hyphen and six random characters, so that a secret
 * re-created under an old name is not what the policies of the old one meant.
 */
import type { Randomness } from "../clock.ts";
import { validationError } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { uniformText } from "./uniform.ts";

/** What a SecretId names. */
export interface NamedSecret {
  /** Where an ARN says the secret lies; the caller's own account and region for a name. */
  readonly scope: Scope;
  readonly name: string;
  /** The whole ARN; undefined for a name or for an ARN without the six random characters. */
  readonly arn: string | undefined;
}

const suffixLength = 6;
const suffixAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const suffix = /-[A-Za-z0-9]{6}$/;
const lawfulName = /^[A-Za-z0-9/_+=.@!-]{1,512}$/;

/**
 * Reads a SecretId: a name, an ARN, or an ARN that lacks the six random characters. Like AWS it
 * takes an ARN that ends in a hyphen and six characters for a complete one, whatever was meant.
 *
 * Does not judge the name: a name that is looked up and found is lawful (`checkName` otherwise).
 */
export function parseSecretId(scope: Scope, secretId: string): NamedSecret {
  if (!secretId.startsWith("arn:")) return { scope, name: secretId, arn: undefined };
  const [, partition, service, region, accountId, type, ...rest] = secretId.split(":");
  const named = rest.join(":");
  if (partition !== "aws" || service !== "secretsmanager" || type !== "secret" || named === "") {
    throw invalidName();
  }
  const place = { accountId: accountId ?? "", region: region ?? "" };
  return suffix.test(named)
    ? { scope: place, name: named.slice(0, -suffixLength - 1), arn: secretId }
    : { scope: place, name: named, arn: undefined };
}

/** Throws AWS's ValidationException where a secret can't have this name. */
export function checkName(name: string): void {
  if (!lawfulName.test(name)) throw invalidName();
}

/** The ARN of a secret that is being created. */
export function newSecretArn(scope: Scope, name: string, randomness: Randomness): string {
  return `${arnWithoutSuffix(scope, name)}-${uniformText(randomness, suffixAlphabet, suffixLength)}`;
}

/**
 * The ARN that policies are asked about where there is no such secret: a policy for whatever the
 * six characters may be (`NAME-??????`, `NAME-*`) matches, so its holder learns that the secret
 * isn't there and nobody else learns anything.
 */
export function missingSecretArn(scope: Scope, name: string): string {
  return `${arnWithoutSuffix(scope, name)}-${"?".repeat(suffixLength)}`;
}

/** Whether it has its six characters: false for what `missingSecretArn` gives. */
export function isWholeArn(arn: string): boolean {
  return suffix.test(arn);
}

function arnWithoutSuffix({ accountId, region }: Scope, name: string): string {
  return `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}`;
}

function invalidName() {
  return validationError(
    "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
  );
}
