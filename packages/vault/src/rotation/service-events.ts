/**
 * What the trail says of rotations, as CloudTrail does: events of the service itself, of no
 * request.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
 */
import type { AuditEvent } from "../audit/event.ts";
import { eventIdAt } from "../audit/event-id.ts";
import type { RotationRun, Tiding } from "./run.ts";
import { serviceName } from "./service-principal.ts";

/** `additionalEventData` is kept where requests have their parameters. */
export function serviceEvent(
  run: RotationRun,
  { name, at, versionId, detail }: Tiding,
  uuid: string,
): AuditEvent {
  const { accountId, arn, region } = run;
  return {
    eventId: eventIdAt(at, uuid),
    requestId: `Rotation-${arn}-${versionId}`,
    time: at,
    service: "secretsmanager",
    operation: name,
    isReadOnly: false,
    accountId,
    region,
    identity: { ...identity, accountId },
    accessKeyId: "",
    sourceAddress: serviceName,
    userAgent: serviceName,
    resources: [arn],
    requestParameters: {
      SecretId: arn,
      VersionId: versionId,
      ...(detail !== undefined && { Reason: detail }),
    },
    responseElements: null,
    errorCode: undefined,
    errorMessage: undefined,
    encodedAuthorizationMessage: undefined,
    versionId: undefined,
    latencyMicroseconds: 0,
    count: 1,
  };
}

const identity = {
  type: "AWSService",
  arn: serviceName,
  principalId: serviceName,
  sessionIssuerArn: undefined,
  sessionIssuedAt: undefined,
} as const;
