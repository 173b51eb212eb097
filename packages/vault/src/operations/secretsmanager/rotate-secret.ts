/**
 * Configures a secret's rotation and begins one, or has its rotator only test it. The steps follow
 * by themselves: `DescribeSecret` and the trail tell what has come of them.
 */
import { invalidParameter } from "../../secrets/errors.ts";
import type { ExternalRotation, SecretRecord } from "../../secrets/records.ts";
import { boolean, type Infer, list, required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import { clientRequestToken, requireToken, secretId } from "./members.ts";
import { readRotationRules, rotationRules } from "./rotation-rules.ts";
import { permitRotator } from "./rotator-permits.ts";

const metadataItem = structure({
  Key: string({ min: 1, max: 256 }),
  Value: string({ min: 1, max: 2048 }),
});

const input = structure({
  SecretId: required(secretId),
  ClientRequestToken: clientRequestToken,
  RotationLambdaARN: string({ min: 0, max: 2048 }),
  RotationRules: rotationRules,
  ExternalSecretRotationMetadata: list(metadataItem, { max: 50 }),
  ExternalSecretRotationRoleArn: string({ min: 20, max: 2048 }),
  RotateImmediately: boolean(),
});

export const rotateSecret = operation({
  name: "RotateSecret",
  isReadOnly: false,
  input,
  async permit(given, call) {
    const { secrets, rotations } = call.vault;
    const { RotationLambdaARN: lambdaArn, RotationRules: rules } = given;
    const isImmediate = given.RotateImmediately ?? true;
    const secret = await secrets.locate(call.scope, given.SecretId);
    const permit = authorizeSecret(call, "secretsmanager:RotateSecret", secret, {
      ...(lambdaArn && { "secretsmanager:RotationLambdaARN": lambdaArn }),
      "secretsmanager:ModifyRotationRules": String(rules !== undefined),
      "secretsmanager:RotateImmediately": String(isImmediate),
    });
    // Unlike elsewhere it is the parameter that AWS finds wrong.
    const token = requireToken(given.ClientRequestToken, invalidParameter);
    const record = secrets.writable(permit);
    checkFunction(record, lambdaArn);
    const external = externalOf(given, record);
    const change = { lambdaArn, external, rules: rules && readRotationRules(rules) };
    if ((await rotations.admit(permit, { token, change })) === "repeated") {
      return { permit, record, token, request: undefined };
    }
    const { name: rotator, capabilities } = await permitRotator(call, record, change, isImmediate);
    return {
      permit,
      record,
      token,
      request: { token, change, isImmediate, rotator, capabilities },
    };
  },
  async run({ RotateImmediately: isImmediate = true }, granted, { vault, principal, notes }) {
    const { permit, record, token, request } = granted;
    const { arn, name } =
      request === undefined
        ? record
        : await vault.rotations.rotate(permit, { ...request, requestedBy: principal.arn });
    // The version of a test goes again.
    const versionId = isImmediate ? token : undefined;
    notes.responseElements = { arn, name, versionId };
    return { ARN: arn, Name: name, VersionId: versionId };
  },
});

const functionArn = /^arn:aws:lambda:([^:]+):\d{12}:function:[\w-]{1,64}(?::[\w$-]{1,128})?$/;

/** A function is in its secret's region. Whether there is such a one shows when it is invoked. */
function checkFunction({ region, accountId }: SecretRecord, arn: string | undefined): void {
  if (!arn || functionArn.exec(arn)?.[1] === region) return;
  throw invalidParameter(
    `Invalid rotation Lambda ARN. Ensure the ARN matches format arn:aws:lambda:${region}:${accountId}:function:<functionName>.`,
  );
}

/** What the rotator of the secret's type is told; undefined where that stays as it is. */
function externalOf(
  given: Infer<typeof input>,
  record: SecretRecord,
): ExternalRotation | undefined {
  const { ExternalSecretRotationMetadata: items, ExternalSecretRotationRoleArn } = given;
  if (items === undefined && ExternalSecretRotationRoleArn === undefined) return undefined;
  if (given.RotationLambdaARN) {
    throw invalidParameter(
      "You can't specify both a Lambda rotation function and the rotation of an external secret.",
    );
  }
  const before = record.rotation?.external;
  const roleArn = ExternalSecretRotationRoleArn ?? before?.roleArn;
  if (roleArn === undefined) {
    throw invalidParameter("You must provide an ExternalSecretRotationRoleArn.");
  }
  return { metadata: items === undefined ? (before?.metadata ?? {}) : metadataOf(items), roleArn };
}

function metadataOf(items: readonly Infer<typeof metadataItem>[]): Record<string, string> {
  const entries = items.map(({ Key, Value }) => {
    if (Key !== undefined && Value !== undefined) return [Key, Value] as const;
    throw invalidParameter("Each item of ExternalSecretRotationMetadata has a Key and a Value.");
  });
  const metadata = Object.fromEntries(entries);
  if (Object.keys(metadata).length === items.length) return metadata;
  throw invalidParameter("A Key comes twice in ExternalSecretRotationMetadata.");
}
