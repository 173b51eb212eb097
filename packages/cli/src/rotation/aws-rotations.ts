/**
 * Rotations as AWS's own API tells of them: schedules and dates, and whether a version waits to
 * become current. It has no word for steps, for an overlap, or for who reads what.
 */
import { aws } from "../aws.ts";
import { explained } from "../stores/failures.ts";
import { allPages } from "../stores/pages.ts";
import type { Reference } from "../stores/reference.ts";
import type { Rotation } from "./rotation.ts";

type Stages = Readonly<Record<string, readonly string[]>>;

/** Of every secret that has rotation or had one. */
export async function listAwsRotations(): Promise<readonly Rotation[]> {
  const secretsManager = await aws.secretsManager();
  const found = await allPages(async (token) => {
    const page = await secretsManager.listSecrets({ MaxResults: 100, ...token });
    return { items: page.SecretList ?? [], nextToken: page.NextToken };
  });
  return found
    .filter(({ RotationEnabled, LastRotatedDate }) => RotationEnabled || LastRotatedDate)
    .map((secret): Rotation => {
      const { ARN: arn = "", Name: name = "", RotationEnabled, RotationRules = {} } = secret;
      const rotator = secret.RotationLambdaARN || secret.Type;
      const { ScheduleExpression, AutomaticallyAfterDays } = RotationRules;
      return {
        arn,
        name,
        rotationEnabled: RotationEnabled ?? false,
        ...(rotator && { rotator }),
        ...(ScheduleExpression && { scheduleExpression: ScheduleExpression }),
        ...(AutomaticallyAfterDays && { automaticallyAfterDays: AutomaticallyAfterDays }),
        ...(secret.LastRotatedDate && { lastRotatedDate: secret.LastRotatedDate }),
        ...(secret.NextRotationDate && { nextRotationDate: secret.NextRotationDate }),
        ...(isPending(secret.SecretVersionsToStages) && { phase: "pending" as const }),
      };
    });
}

/** The labels of a version now. */
export async function labelsOf(
  reference: Reference,
  versionId: string,
): Promise<readonly string[]> {
  const secretsManager = await aws.secretsManager();
  const { VersionIdsToStages = {} } = await explained(reference, () =>
    secretsManager.describeSecret({ SecretId: reference.name }),
  );
  return VersionIdsToStages[versionId] ?? [];
}

/** A rotation that is under way, or that failed and is tried again: AWS doesn't say which. */
function isPending(stages: Stages = {}): boolean {
  return Object.values(stages).some(
    (labels) => labels.includes("AWSPENDING") && !labels.includes("AWSCURRENT"),
  );
}
