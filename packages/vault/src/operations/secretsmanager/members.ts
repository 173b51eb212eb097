/** Members that several operations' inputs have, and what Secrets Manager makes of them. */
import { validationError } from "../../errors.ts";
import { invalidParameter, invalidRequest } from "../../secrets/errors.ts";
import { type SecretValue, valueBytesMax } from "../../secrets/value.ts";
import { blob, string } from "../../shapes/shapes.ts";

export const secretId = string({ min: 1, max: 2048 });
export const clientRequestToken = string({ min: 32, max: 64 });
export const description = string({ max: 2048 });
export const kmsKeyId = string({ min: 0, max: 2048 });
/** Of a secret that an external partner holds: who that is. */
export const secretType = string({ min: 0, max: 256 });
export const versionStage = string({ min: 1, max: 256 });

/** The value, in one of two members. */
export const valueMembers = {
  SecretString: string({ min: 1, max: valueBytesMax, isSensitive: true }),
  SecretBinary: blob({ min: 1, max: valueBytesMax, isSensitive: true }),
};

interface ValueMembers {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}

/** The value that a request brings, or undefined where it brings none. */
export function readValue({
  SecretString: text,
  SecretBinary: bytes,
}: ValueMembers): SecretValue | undefined {
  if (text !== undefined && bytes !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (text !== undefined) return { form: "string", text: storable(text) };
  return bytes && { form: "binary", bytes };
}

/** SDKs and the AWS CLI make the token; a client of its own must, or a retry would not be told. */
export function requireToken(token: string | undefined, missing = invalidRequest): string {
  if (token === undefined) {
    throw missing("You must provide a ClientRequestToken value. We recommend a UUID-type value.");
  }
  if (!token.isWellFormed()) throw invalidParameter("The ClientRequestToken is not valid Unicode.");
  return token;
}

/** The limit is one of bytes; and what has no UTF-8 could not be given back as it came. */
function storable(text: string): string {
  if (Buffer.byteLength(text, "utf8") > valueBytesMax) {
    throw validationError(
      `1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to ${valueBytesMax}`,
    );
  }
  if (!text.isWellFormed()) throw invalidParameter("The SecretString is not valid Unicode.");
  return text;
}
