/**
 * Whether anybody reads a secret or a parameter, by the audit trail. What advice itself read to
 * compare values counts for nothing: its requests carry its name.
 */
import { type LastReads, lastReads } from "../policy/reads.ts";
import type { Notes } from "./notes.ts";
import type { Circumstances } from "./rules.ts";

/** Every SDK tells it with each request: https://docs.aws.amazon.com/sdkref/latest/guide/feature-appid.html */
const appId = "claviger-advise";

/**
 * From here on this process's requests are known as advice's, and go at the pace that AWS lets
 * them: it asks for each secret and parameter, which is more than some of AWS's limits a second.
 */
export function readAsAdvice(): void {
  process.env.AWS_SDK_UA_APP_ID = appId;
  process.env.AWS_RETRY_MODE ??= "adaptive";
  process.env.AWS_MAX_ATTEMPTS ??= "10";
}

export async function trailReads(from: Date, notes: Notes): Promise<Circumstances["lastRead"]> {
  const reads: LastReads = await lastReads(
    ({ userAgent = "" }) => !userAgent.includes(`app/${appId}`),
    from,
  );
  for (const note of reads.notes) notes.add(note);
  return ({ arn, reference: { name } }) => {
    if (reads.of({ arn, name }) !== undefined) return "read";
    return reads.notes.length === 0 ? "unread" : "unknown";
  };
}
