/** An access key as a secret holds it: as IAM answers, or named as the environment of AWS SDKs. */
import { RotationFailure } from "../rotator.ts";

export interface AccessKeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const forms = [
  ["AccessKeyId", "SecretAccessKey"],
  ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
] as const;

/** Throws RotationFailure. */
export function parseAccessKey(value: string): AccessKeyPair {
  const members = membersOf(value);
  const [id, secret] = formOf(members);
  return { accessKeyId: String(members[id]), secretAccessKey: String(members[secret]) };
}

/** The same secret with another key. */
export function withAccessKey(value: string, key: AccessKeyPair): string {
  const members = membersOf(value);
  const [id, secret] = formOf(members);
  return JSON.stringify({ ...members, [id]: key.accessKeyId, [secret]: key.secretAccessKey });
}

function formOf(members: Readonly<Record<string, unknown>>) {
  const isText = (name: string) => typeof members[name] === "string";
  const form = forms.find(([id, secret]) => isText(id) && isText(secret));
  if (form !== undefined) return form;
  throw new RotationFailure("The secret must have AccessKeyId and SecretAccessKey.");
}

function membersOf(value: string): Readonly<Record<string, unknown>> {
  try {
    const members: unknown = JSON.parse(value);
    if (typeof members === "object" && members !== null) return members as Record<string, unknown>;
  } catch {
    // The parser's own words would quote the value.
  }
  throw new RotationFailure("The secret must be a JSON object with an access key.");
}
