/**
 * A session's policies and tags in the packed form that its token carries. As on AWS, the form has
 * a limit of its own, beside the limits of each policy and tag, and its size is told in per cent.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { ApiError } from "../../errors.ts";
import type { SessionContext } from "./session.ts";

/**
 * AWS tells neither its form nor its limit. This one is wider than what has been seen of AWS's:
 * what fits there fits here.
 */
const packedBytesMax = 1024;

/** Of our own sealed tokens: fifty tags and ten ARNs of the greatest length. */
const unpackedBytesMax = 128 * 1024;

export interface PackedContext {
  /** Base64. */
  readonly packed: string;
  /** AWS's PackedPolicySize; undefined where neither policies nor tags were passed. */
  readonly percent: number | undefined;
}

/** Throws PackedPolicyTooLarge. */
export function packContext(context: SessionContext): PackedContext {
  const { policy, policyArns, tags } = context;
  const isCounted = policy !== undefined || policyArns !== undefined || tags !== undefined;
  const percent = isCounted ? percentOf(pack({ policy, policyArns, tags })) : undefined;
  if (percent !== undefined && percent > 100) {
    const what =
      policy === undefined && policyArns === undefined ? "size of session tags" : "policy";
    const message = `Packed ${what} consumes ${percent}% of allotted space`;
    throw new ApiError(
      "PackedPolicyTooLarge",
      what === "policy" ? `${message}, please use smaller policy.` : `${message}.`,
    );
  }
  return { packed: pack(context).toString("base64"), percent };
}

export function unpackContext(packed: string): SessionContext {
  const bytes = inflateRawSync(Buffer.from(packed, "base64"), {
    maxOutputLength: unpackedBytesMax,
  });
  return JSON.parse(bytes.toString());
}

function pack(context: SessionContext): Buffer {
  return deflateRawSync(JSON.stringify(context), { level: 9 });
}

function percentOf(packed: Buffer): number {
  return Math.ceil((packed.length / packedBytesMax) * 100);
}
