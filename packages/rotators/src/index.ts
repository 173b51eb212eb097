/**
 * Claviger's built-in rotators. As an AWS Lambda function, which rotates secrets on AWS:
 *
 * ```ts
 * export { handler } from "@claviger/rotators";
 * // with CLAVIGER_ROTATOR_TYPE=PostgreSQLUser and CLAVIGER_ROTATOR_METADATA={"adminSecretArn":"…"}
 * ```
 *
 * For a vault, which starts `start.ts` as a process of its own:
 *
 * ```ts
 * const host = await startRotatorHost({ token });
 * ```
 *
 * Read rotator.ts first, then steps.ts.
 */
import { invoke } from "./handler.ts";
import { rotatorsByType } from "./rotators.ts";
import type { StepReply } from "./steps.ts";

export { type RotatorHost, type RotatorHostOptions, startRotatorHost } from "./host.ts";
export type { StepReply } from "./steps.ts";

/** What Lambda tells a function of its invocation, as far as a rotator needs it. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/** Rejects with what Lambda shows as the function's error. Credentials are the function's role's. */
export async function handler(event: unknown, context: LambdaContext): Promise<StepReply> {
  const signal = AbortSignal.timeout(context.getRemainingTimeInMillis());
  return invoke(event, { rotators: ownRotators(), hasOwnIdentity: true, signal });
}

let rotators: ReturnType<typeof rotatorsByType> | undefined;

/** Made when first needed: whoever only starts a host makes its own. */
function ownRotators() {
  rotators ??= rotatorsByType();
  return rotators;
}
