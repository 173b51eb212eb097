/**
 * What a rotator is invoked with: AWS's event of a rotation function, and under `Claviger` what
 * AWS has no member for. Whatever doesn't fit is refused before anything is done.
 */
import type { AwsClientConfiguration } from "./rotator.ts";

export const steps = [
  "createSecret",
  "setSecret",
  "testSecret",
  "finishSecret",
  "revokeSecret",
] as const;
export type Step = (typeof steps)[number];

export interface RotationEvent {
  readonly step: Step;
  readonly secretArn: string;
  readonly token: string;
  /** Of a rotation across accounts: PutSecretValue takes it. */
  readonly rotationToken: string | undefined;
  /** Undefined where the function's own configuration has to say it, as on AWS. */
  readonly type: string | undefined;
  readonly metadata: Readonly<Record<string, string>> | undefined;
  readonly oldVersionId: string | undefined;
  readonly aws: AwsClientConfiguration;
}

/** The event can't be used; the message names the member, and never what it holds. */
export class InvalidEvent extends Error {
  override readonly name = "InvalidEvent";
}

/** Throws InvalidEvent. */
export function parseEvent(event: unknown): RotationEvent {
  const members = structure(event, "The event");
  const ours = members.Claviger === undefined ? {} : structure(members.Claviger, "Claviger");
  const step = text(members, "Step");
  if (!isStep(step)) throw new InvalidEvent(`Step must be one of ${steps.join(", ")}.`);
  return {
    step,
    secretArn: text(members, "SecretId"),
    token: tokenOf(members),
    rotationToken: optionalText(members, "RotationToken"),
    type: optionalText(ours, "Type"),
    metadata: ours.Metadata === undefined ? undefined : texts(ours.Metadata, "Metadata"),
    oldVersionId: optionalText(ours, "OldVersionId"),
    aws: awsOf(ours),
  };
}

/** Of texts alone: as it stands in an event, and in the configuration of a function on AWS. */
export function texts(value: unknown, name: string): Record<string, string> {
  const members = structure(value, name);
  return Object.fromEntries(Object.keys(members).map((key) => [key, text(members, key)]));
}

type Members = Readonly<Record<string, unknown>>;

function awsOf(ours: Members): AwsClientConfiguration {
  const endpoint = optionalText(ours, "Endpoint");
  const region = optionalText(ours, "Region");
  if (endpoint !== undefined && !/^https?:\/\//.test(endpoint)) {
    throw new InvalidEvent("Endpoint must be an http or https URL.");
  }
  return {
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(ours.Credentials !== undefined && { credentials: credentialsOf(ours.Credentials) }),
  };
}

function credentialsOf(value: unknown) {
  const members = structure(value, "Credentials");
  const sessionToken = optionalText(members, "SessionToken");
  return {
    accessKeyId: text(members, "AccessKeyId"),
    secretAccessKey: text(members, "SecretAccessKey"),
    ...(sessionToken !== undefined && { sessionToken }),
  };
}

function tokenOf(members: Members): string {
  const token = text(members, "ClientRequestToken");
  if (token.length >= 32 && token.length <= 64) return token;
  throw new InvalidEvent("ClientRequestToken must have 32 to 64 characters.");
}

function isStep(text: string): text is Step {
  return (steps as readonly string[]).includes(text);
}

function structure(value: unknown, name: string): Members {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Members;
  throw new InvalidEvent(`${name} must be a JSON object.`);
}

function text(members: Members, name: string): string {
  const value = optionalText(members, name);
  if (value === undefined) throw new InvalidEvent(`${name} is missing.`);
  return value;
}

function optionalText(members: Members, name: string): string | undefined {
  const value = members[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string" || value === "") {
    throw new InvalidEvent(`${name} must be a text that is not empty.`);
  }
  return value;
}
