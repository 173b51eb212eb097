/** What the services' errors mean for the secret or parameter that was named. */
import { regionInEnvironment } from "../aws.ts";
import { isOneOf } from "../aws-failure.ts";
import { CommandFailure } from "../failure.ts";
import { printed, type Reference } from "./reference.ts";

/** No such secret or parameter, or no such version of it. */
export class NotThere extends CommandFailure {}

type Named = Pick<Reference, "service" | "name">;

/** Asks, and tells of what was named where the service's answer does not. */
export async function explained<T>(named: Named, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw explanation(named, error) ?? error;
  }
}

export function notThere(named: Named): NotThere {
  return new NotThere(`there is no ${typed(named)}`, seeList());
}

/** Names the region: what was put in another one is looked for here in vain. */
export function seeList(): string {
  const region = regionInEnvironment();
  return `see what there is${region ? ` in ${region}` : ""}: claviger list`;
}

export function isMissing(error: unknown): boolean {
  return isOneOf(error, "ParameterNotFound", "ResourceNotFoundException", "InvalidResourceId");
}

/**
 * Services quote what they refuse. A value that is long enough to be one is taken out of what they
 * say; the error stays the service's own.
 */
export function withoutValue(error: unknown, text: string): unknown {
  if (error instanceof Error && text.length > 3 && error.message.includes(text)) {
    error.message = error.message.replaceAll(text, "(the value)");
  }
  return error;
}

function explanation(named: Named, error: unknown): CommandFailure | undefined {
  const { message = "" } = error as Partial<Error>;
  const isVersionMissing =
    isOneOf(error, "ParameterVersionNotFound") ||
    (isOneOf(error, "ResourceNotFoundException") && /secret value|version/i.test(message));
  if (isVersionMissing) {
    return new NotThere(
      `${typed(named)} has no such version`,
      `see its versions: claviger history ${typed(named)}`,
    );
  }
  if (isMissing(error)) return notThere(named);
  if (isOneOf(error, "InvalidRequestException") && /was revoked/.test(message)) {
    return new CommandFailure(
      `that version of ${typed(named)} was revoked`,
      `see the others: claviger history ${typed(named)}; make a new key: claviger rotate ${typed(named)}`,
    );
  }
  if (isOneOf(error, "InvalidRequestException") && /deleted|deletion/.test(message)) {
    return new CommandFailure(
      `${typed(named)} is scheduled for deletion`,
      `bring it back: claviger restore ${typed(named)}`,
    );
  }
  return undefined;
}

function typed(named: Named): string {
  return printed({ ...named, field: undefined });
}
