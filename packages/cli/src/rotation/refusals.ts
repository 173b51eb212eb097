/** What RotateSecret's refusals mean for whoever typed the command, and what to do about them. */
import { isOneOf } from "../aws-failure.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import { printed, type Reference } from "../stores/reference.ts";

/** undefined for what says enough by itself. */
export function refusalOf(reference: Reference, error: unknown): CommandFailure | undefined {
  const { message = "" } = error as Partial<Error>;
  const found = isOneOf(error, "InvalidRequestException", "AccessDeniedException")
    ? refusals.find(({ says }) => says.test(message))
    : undefined;
  return found && failure(found.tell(printed(reference)), error);
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

type Told = readonly [message: string, hint: string];

const refusals: readonly { readonly says: RegExp; readonly tell: (typed: string) => Told }[] = [
  {
    says: /after a rehearsal/,
    tell: (typed) => [
      `${typed} rotates only after a rehearsal on its staging secret, not older than 30 days`,
      `claviger rotate ${typed} --rehearse; or do without: claviger tag ${typed} --remove claviger:rehearse-on`,
    ],
  },
  {
    says: /No Lambda rotation function ARN/i,
    tell: (typed) => [
      `nothing says how ${typed} is rotated`,
      "name a built-in rotator, --type TYPE --role ARN, or a function, --function ARN",
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

function failure([message, hint]: Told, cause: unknown): CommandFailure {
  return new CommandFailure(message, hint, exitCodes.failed, { cause });
}
