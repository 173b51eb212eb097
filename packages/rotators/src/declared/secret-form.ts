/** Where the key lies in a secret's string: it is all of it, or a member of a JSON object. */
import { RotationFailure } from "../rotator.ts";
import type { SecretForm } from "./description.ts";

export interface HeldKey {
  readonly key: string;
  /** Only a JSON object says it. */
  readonly keyId: string | undefined;
  /** Of the JSON object, if it is one. */
  readonly members: Readonly<Record<string, unknown>> | undefined;
}

export interface NewKey {
  readonly key: string;
  readonly keyId: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
}

export const defaultField = "apiKey";
const defaultKeyIdField = "keyId";

/** Throws RotationFailure where there is no key. */
export function readKey(secret: string, form: SecretForm = {}): HeldKey {
  const members = objectOf(secret);
  if (members === undefined && !form.isObject && secret !== "") {
    return { key: secret, keyId: undefined, members };
  }
  const field = form.field ?? defaultField;
  const key = members?.[field];
  const keyId = members?.[form.keyIdField ?? defaultKeyIdField];
  if (typeof key !== "string" || key === "") {
    throw new RotationFailure(`The secret has no text in a JSON member "${field}".`);
  }
  return { key, keyId: typeof keyId === "string" && keyId !== "" ? keyId : undefined, members };
}

/** In the form that the secret has, with all that stands beside the old key. */
export function writeKey({ key, keyId, fields }: NewKey, old: HeldKey, form: SecretForm = {}) {
  if (old.members === undefined) return key;
  const { field = defaultField, keyIdField = defaultKeyIdField } = form;
  return JSON.stringify({
    ...old.members,
    [field]: key,
    ...(keyId !== undefined && { [keyIdField]: keyId }),
    ...fields,
  });
}

/** A JSON object's members, or nothing where the secret is no such thing. */
export function objectOf(secret: string): Readonly<Record<string, unknown>> | undefined {
  if (!secret.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(secret);
  } catch {
    return undefined;
  }
}
