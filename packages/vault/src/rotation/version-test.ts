/** Asks a secret's rotator whether the provider accepts the key of a version. */

import type { SecretRecord } from "../secrets/records.ts";
import { current, versionAt } from "../secrets/versions.ts";
import type { EngineParts } from "./engine-parts.ts";
import { RotatorFailed } from "./rotator.ts";

export interface TestResult {
  readonly result: "Passed" | "Failed" | "NotSupported";
  /** For people; it holds no value. */
  readonly reason?: string | undefined;
}

export async function testVersion(
  { rotators, withoutValues }: EngineParts,
  secret: SecretRecord,
  versionId: string,
): Promise<TestResult> {
  const rotator = rotators.of(secret);
  if (rotator === undefined) return { result: "NotSupported" };
  try {
    const { testsAnyVersion } = await rotator.capabilities();
    if (!testsAnyVersion) return { result: "NotSupported" };
    const request = {
      step: "testSecret",
      secretArn: secret.arn,
      token: versionId,
      oldVersionId: versionAt(secret.stages, current),
    } as const;
    await rotator.invoke(request, AbortSignal.timeout(rotator.stepMilliseconds));
    return { result: "Passed" };
  } catch (error) {
    if (!(error instanceof RotatorFailed)) throw error;
    return { result: "Failed", reason: await withoutValues(error.reason, secret, [versionId]) };
  }
}
