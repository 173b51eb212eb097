/** What RotateSecret's refusals mean for whoever typed the command, and what to do about them. */
import { isOneOf } from "../aws-failure.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import { printed, type Reference } from "../stores/reference.ts";

/** undefined for what says enough by itself. */
export function refusalOf(reference: Reference, error: unknown): CommandFailure | undefined {
  const { message = "" } = error as Partial<Error>;
  const found = isOneOf(
    error,
    "InvalidRequestException",
    "InvalidParameterException",
    "ResourceNotFoundException",
    "AccessDeniedException",
  )
    ? refusals.find(({ says }) => says.test(message))
    : undefined;
  return found && failure(found.tell(printed(reference), message), error);
}

/** Whether another one of the secret is under way. */
export function isUnderWay(error: unknown): boolean {
  return (
    isOneOf(error, "InvalidRequestException") && /previous rotation/i.test((error as Error).message)
  );
}

/** The one that is under way has made its new key already. */
export function stillTwoKeys(reference: Reference, cause: unknown): CommandFailure {
  const typed = printed(reference);
  const message = `${typed} still has two keys, of its last rotation`;
  const hint = `see who has the old one: claviger rotations ${typed}; or end it now: claviger rotate ${typed} --force`;
  return failure([message, hint], cause);
}

/** A rotation that was called off left it behind, or somebody put it there. */
export function pendingLeft(reference: Reference, token: string, cause: unknown): CommandFailure {
  const typed = printed(reference);
  const message = `${typed} has an AWSPENDING version, and no rotation that it would be of`;
  const hint = `take its label away, then rotate again: aws secretsmanager update-secret-version-stage --secret-id ${reference.name} --version-stage AWSPENDING --remove-from-version-id ${token}`;
  return failure([message, hint], cause);
}

/** What was given besides would be dropped without a word. */
export function settingsNotTaken(reference: Reference, cause: unknown): CommandFailure {
  const typed = printed(reference);
  const message = `a rotation of ${typed} is under way: how and when it rotates was not changed`;
  const hint = `see it: claviger rotations ${typed}; let it end, or call it off: aws secretsmanager cancel-rotate-secret --secret-id ${reference.name}`;
  return failure([message, hint], cause);
}

type Told = readonly [message: string, hint: string];

const refusals: readonly {
  readonly says: RegExp;
  readonly tell: (typed: string, message: string) => Told;
}[] = [
  {
    says: /production by its tags/,
    tell: (typed) => [
      `${typed} is of production by its tags, and rotates only after a rehearsal on a staging secret`,
      `claviger rotate ${typed} --rehearse --on secretsmanager:STAGING; ${without(typed)}`,
    ],
  },
  {
    says: /after a rehearsal/,
    tell: (typed) => [
      `${typed} rotates only after a rehearsal on its staging secret, not older than 30 days`,
      `claviger rotate ${typed} --rehearse; ${without(typed)}`,
    ],
  },
  {
    says: /No Lambda rotation function ARN/i,
    tell: (typed) => [
      `nothing says what rotates ${typed}, or as which role`,
      "name a built-in rotator and the role that it works as, --type TYPE --role ARN, or a function, --function ARN",
    ],
  },
  {
    says: /no rotator of the type/,
    tell: (_typed, message) => [
      message,
      "docs/guides/rotation.md lists the built-in ones; yours stand in the file of claviger server --rotators",
    ],
  },
  {
    says: /needs the metadata|knows no metadata|The metadata \S+ must/,
    tell: (_typed, message) => [message, "give its settings as --metadata NAME=VALUE"],
  },
  {
    says: /can't assume the role/,
    tell: (_typed, message) => [
      message,
      "see its trust policy: aws iam get-role --role-name NAME; docs/guides/rotation.md has one",
    ],
  },
  {
    says: /^(?:Invalid schedule expression\.|Rate in (?:hour|day) )/,
    tell: (_typed, message) => [
      message,
      "give --every 30d, or --schedule 'rate(10 days)' or 'cron(0 4 ? * SUN *)': minutes are 0, and times are UTC",
    ],
  },
  {
    says: /no rotation whose old key/,
    tell: (typed) => [
      `${typed} has no old key that could die`,
      `--force ends an overlap and begins nothing; for a new key: claviger rotate ${typed}`,
    ],
  },
  {
    says: /built-in rotators can't be started/,
    tell: (_typed, message) => [message, "the log of claviger server says why"],
  },
  {
    says: /not found for ARN '?arn:[^:]*:lambda:|Lambda (function )?does not exist/i,
    tell: (typed) => [
      `the function that is to rotate ${typed} isn't there`,
      "see which there are: aws lambda list-functions; then name one: --function ARN",
    ],
  },
  {
    says: /cannot invoke the specified Lambda function/,
    tell: (typed) => [
      `the function of ${typed} can't be invoked`,
      "on a vault the file of claviger server --rotators says where it is; on AWS its policy must allow secretsmanager.amazonaws.com",
    ],
  },
];

/** Without a rehearsal. */
function without(typed: string): string {
  return `or do without: claviger tag ${typed} claviger:rehearse-on=none`;
}

function failure([message, hint]: Told, cause: unknown): CommandFailure {
  return new CommandFailure(message, hint, exitCodes.failed, { cause });
}
