/** Begins a rotation, or only sets how and when: RotateSecret of what was typed. */
import type { DescribeSecretResponse, RotateSecretRequest } from "@aws-sdk/client-secrets-manager";
import { aws } from "../aws.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import { explained } from "../stores/failures.ts";
import type { Reference } from "../stores/reference.ts";
import { readTags } from "../stores/tags.ts";
import { hasMoved } from "./progress.ts";
import { isUnderWay, pendingLeft, refusalOf, settingsNotTaken, stillTwoKeys } from "./refusals.ts";
import type { RotationRun } from "./rotation.ts";
import { describeRotation } from "./vault-rotations.ts";

/** What isn't given stays as it is configured. */
export interface RotationFlags {
  /** A built-in rotator's. */
  readonly type?: string;
  readonly metadata?: readonly string[];
  readonly role?: string;
  /** ARN. */
  readonly function?: string;
  readonly every?: string;
  readonly schedule?: string;
  readonly grace?: string;
  /** False leaves the rotation to the schedule, and only tests that it could be done. */
  readonly now: boolean;
}

/**
 * The id of the version that comes to be. Where one is under way already nothing is begun, and
 * undefined is returned: whoever waits sees that one. `isWaiting`: until the old key is dead.
 */
export async function beginOrJoin(
  reference: Reference,
  flags: RotationFlags,
  isWaiting: boolean,
): Promise<string | undefined> {
  const input = rotateInput(reference, flags);
  const before = await describeRotation(reference);
  if (before?.phase === "failed" && before.instructions !== undefined) {
    await dropPending(reference, before);
  }
  try {
    return await begun(reference, flags, input);
  } catch (error) {
    if (before === undefined || !isUnderWay(error)) throw refusalOf(reference, error) ?? error;
    const left = await leftPending(reference);
    if (left !== undefined) throw pendingLeft(reference, left, error);
    if (hasMoved(before) && !isWaiting) throw stillTwoKeys(reference, error);
    if (Object.keys(input).length > 1) throw settingsNotTaken(reference, error);
    process.stderr.write("note: a rotation is under way already; nothing new was begun\n");
    return undefined;
  }
}

/** The version that is AWSPENDING although nothing is under way. */
async function leftPending(reference: Reference): Promise<string | undefined> {
  const run = await describeRotation(reference);
  if (run?.phase !== "cancelled" && run?.phase !== "succeeded") return undefined;
  const secretsManager = await aws.secretsManager();
  const { VersionIdsToStages = {} } = await secretsManager.describeSecret({
    SecretId: reference.name,
  });
  return Object.keys(VersionIdsToStages).find((id) =>
    VersionIdsToStages[id]?.includes("AWSPENDING"),
  );
}

/** The id of the version that comes to be; none where it is only tested. */
async function begun(
  reference: Reference,
  flags: RotationFlags,
  input: RotateSecretRequest,
): Promise<string> {
  const secretsManager = await aws.secretsManager();
  const SecretId = reference.name;
  return explained(reference, async () => {
    const { type: Type, grace, metadata } = flags;
    const isChange = Type !== undefined || grace !== undefined;
    const before: DescribeSecretResponse = isChange
      ? await secretsManager.describeSecret({ SecretId })
      : {};
    const { Type: former, ExternalSecretRotationMetadata: kept = [] } = before;
    if (Type !== undefined) await secretsManager.updateSecret({ SecretId, Type });
    if (grace !== undefined && metadata === undefined) {
      const others = kept.filter(({ Key }) => Key !== graceKey);
      input.ExternalSecretRotationMetadata?.unshift(...others);
    }
    try {
      const { VersionId = "" } = await secretsManager.rotateSecret(input);
      return VersionId;
    } catch (error) {
      // Its keys are the former type's, and those that have to die as well.
      const isChanged = Type !== undefined && former !== undefined && former !== Type;
      if (isChanged) await secretsManager.updateSecret({ SecretId, Type: former });
      // What isn't there may be the function, and not the secret.
      throw refusalOf(reference, error) ?? error;
    }
  });
}

/** What a person stored and the provider refused gets no better: they are asked again. */
async function dropPending(
  reference: Reference,
  { clientRequestToken = "" }: RotationRun,
): Promise<void> {
  const secretsManager = await aws.secretsManager();
  const SecretId = reference.name;
  const { VersionIdsToStages } = await secretsManager.describeSecret({ SecretId });
  // Most rotators have taken it back themselves.
  if (VersionIdsToStages?.[clientRequestToken]?.includes("AWSPENDING")) {
    await secretsManager.updateSecretVersionStage({
      SecretId,
      VersionStage: "AWSPENDING",
      RemoveFromVersionId: clientRequestToken,
    });
  }
  process.stderr.write("note: the value that failed is dropped; this begins anew\n");
}

/** Throws CommandFailure for what doesn't go together. */
export function rotateInput(reference: Reference, flags: RotationFlags): RotateSecretRequest {
  requireOne("how it is rotated", { "--type": flags.type, "--function": flags.function });
  requireArn("--role", flags.role);
  requireArn("--function", flags.function);
  requireOne("the schedule", { "--every": flags.every, "--schedule": flags.schedule });
  const ScheduleExpression = flags.schedule ?? (flags.every && rateOf(flags.every));
  const given = {
    ...readTags(flags.metadata ?? [], "setting of a rotator"),
    ...(flags.grace !== undefined && { [graceKey]: flags.grace }),
  };
  const metadata = Object.entries(given).map(([Key, Value]) => ({ Key, Value }));
  return {
    SecretId: reference.name,
    ...(flags.function !== undefined && { RotationLambdaARN: flags.function }),
    ...(ScheduleExpression && { RotationRules: { ScheduleExpression } }),
    ...(metadata.length > 0 && { ExternalSecretRotationMetadata: metadata }),
    ...(flags.role !== undefined && { ExternalSecretRotationRoleArn: flags.role }),
    ...(flags.now ? {} : { RotateImmediately: false }),
  };
}

const graceKey = "gracePeriod";

/** AWS's schedules know hours and days. */
function rateOf(every: string): string {
  const [, count, unit] = /^([1-9]\d{0,3})([hd])$/.exec(every) ?? [];
  if (count === undefined) {
    const hint = "give hours or days: 12h, 30d; or a whole --schedule 'cron(0 4 ? * SUN *)'";
    throw new CommandFailure(`'${every}' is no interval of rotations`, hint, exitCodes.wrongWords);
  }
  const word = unit === "h" ? "hour" : "day";
  return `rate(${count} ${word}${count === "1" ? "" : "s"})`;
}

function requireArn(flag: string, typed: string | undefined): void {
  if (typed === undefined || /^arn:[^:]*:[^:]+:[^:]*:[^:]*:./.test(typed)) return;
  const hint = `give the whole of it, as arn:aws:${flag === "--role" ? "iam::123456789012:role/rotator" : "lambda:us-east-1:123456789012:function:rotate"}`;
  throw new CommandFailure(`'${typed}' is no ARN for ${flag}`, hint, exitCodes.wrongWords);
}

function requireOne(what: string, flags: Readonly<Record<string, string | undefined>>): void {
  const given = Object.keys(flags).filter((flag) => flags[flag] !== undefined);
  if (given.length < 2) return;
  const hint = `give one of ${given.join(" and ")}`;
  throw new CommandFailure(`${what} is said once`, hint, exitCodes.wrongWords);
}
