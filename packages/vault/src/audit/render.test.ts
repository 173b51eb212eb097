import { describe, expect, test } from "vitest";
import { alice, newEvent, session } from "./events.fixture.ts";
import { renderRecord } from "./render.ts";

describe("renderRecord", () => {
  test("gives CloudTrail's fields in CloudTrail's order", () => {
    const event = newEvent({ time: Date.UTC(2026, 0, 2, 3, 4, 5, 678) });
    const record = renderRecord(event);
    expect(record).toEqual({
      eventVersion: "1.11",
      userIdentity: {
        type: "IAMUser",
        principalId: "AIDAEXAMPLEALICE",
        arn: "arn:aws:iam::123456789012:user/team/alice",
        accountId: "123456789012",
        accessKeyId: "AKIAEXAMPLE",
        userName: "alice",
      },
      eventTime: "2026-01-02T03:04:05Z",
      eventSource: "secretsmanager.amazonaws.com",
      eventName: "GetSecretValue",
      awsRegion: "us-east-1",
      sourceIPAddress: "192.0.2.1",
      userAgent: "aws-cli/2.15",
      requestParameters: { secretId: "prod/db" },
      responseElements: null,
      additionalEventData: { versionId: "11111111-2222-4333-8444-555555555555" },
      requestID: event.requestId,
      eventID: event.eventId,
      readOnly: true,
      resources: [
        {
          accountId: "123456789012",
          type: "AWS::SecretsManager::Secret",
          ARN: "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf",
        },
      ],
      eventType: "AwsApiCall",
      managementEvent: true,
      recipientAccountId: "123456789012",
      eventCategory: "Management",
    });
    expect(Object.keys(record).slice(0, 4)).toEqual([
      "eventVersion",
      "userIdentity",
      "eventTime",
      "eventSource",
    ]);
  });

  test("names the role behind a session", () => {
    const record = renderRecord(newEvent({ identity: session, accessKeyId: "ASIAEXAMPLE" }));
    expect(record.userIdentity).toEqual({
      type: "AssumedRole",
      principalId: "AROAEXAMPLEREADER:i-0abc",
      arn: "arn:aws:sts::123456789012:assumed-role/reader/i-0abc",
      accountId: "123456789012",
      accessKeyId: "ASIAEXAMPLE",
      sessionContext: {
        sessionIssuer: {
          type: "Role",
          principalId: "AROAEXAMPLEREADER",
          arn: "arn:aws:iam::123456789012:role/service/reader",
          accountId: "123456789012",
          userName: "reader",
        },
        attributes: { creationDate: "2023-11-14T22:13:20Z", mfaAuthenticated: "false" },
      },
    });
  });

  test("tells a user's own session from the user's key", () => {
    const sessionIssuedAt = 1_700_000_000_000;
    const identity = { ...alice, sessionIssuedAt };
    expect(renderRecord(newEvent({ identity, accessKeyId: "ASIAEXAMPLE" })).userIdentity).toEqual({
      type: "IAMUser",
      principalId: "AIDAEXAMPLEALICE",
      arn: "arn:aws:iam::123456789012:user/team/alice",
      accountId: "123456789012",
      accessKeyId: "ASIAEXAMPLE",
      userName: "alice",
      sessionContext: {
        attributes: { creationDate: "2023-11-14T22:13:20Z", mfaAuthenticated: "false" },
      },
    });
  });

  test("gives the root no name, a service what it is, and strangers what they claimed", () => {
    const identityOf = (changes: object) => renderRecord(newEvent(changes)).userIdentity;
    const root = { ...alice, type: "Root", arn: "arn:aws:iam::123456789012:root" };
    expect(identityOf({ identity: { ...root, principalId: "123456789012" } })).toEqual({
      type: "Root",
      principalId: "123456789012",
      arn: "arn:aws:iam::123456789012:root",
      accountId: "123456789012",
      accessKeyId: "AKIAEXAMPLE",
    });
    const service = { ...alice, type: "AWSService", arn: "secretsmanager.amazonaws.com" };
    expect(identityOf({ identity: service })).toEqual({
      accountId: alice.accountId,
      invokedBy: "secretsmanager.amazonaws.com",
    });
    expect(identityOf({ identity: undefined, accessKeyId: "AKIACLAIMED" })).toEqual({
      type: "Unknown",
      accessKeyId: "AKIACLAIMED",
    });
    expect(identityOf({ identity: undefined, accessKeyId: "" })).toEqual({ type: "Unknown" });
  });

  test("says what was refused, how often, and leaves out what there is not", () => {
    const record = renderRecord(
      newEvent({
        service: "",
        errorCode: "AccessDenied",
        errorMessage: "not authorized",
        requestParameters: undefined,
        resources: [],
        versionId: undefined,
        count: 45,
      }),
    );
    expect(record).toMatchObject({
      eventSource: "",
      errorCode: "AccessDenied",
      errorMessage: "not authorized",
      requestParameters: null,
      additionalEventData: { count: 45 },
    });
    expect(record).not.toHaveProperty("resources");
    const denied = newEvent({ versionId: undefined, encodedAuthorizationMessage: "AbC_-" });
    expect(renderRecord(denied)).toMatchObject({
      additionalEventData: { encodedAuthorizationMessage: "AbC_-" },
    });
    const plain = renderRecord(newEvent({ versionId: undefined }));
    expect(plain).not.toHaveProperty("additionalEventData");
    expect(plain).not.toHaveProperty("errorCode");
  });

  test("gives the types of resources as CloudTrail names them", () => {
    const arns = {
      "arn:aws:kms:us-east-1:123456789012:key/1234": "AWS::KMS::Key",
      "arn:aws:kms:us-east-1:123456789012:alias/mine": "AWS::KMS::Alias",
      "arn:aws:ssm:us-east-1:123456789012:parameter/a/secret:b": "AWS::SSM::Parameter",
      "arn:aws:iam::123456789012:role/path/reader": "AWS::IAM::Role",
      "arn:aws:iam::123456789012:user/alice": "AWS::IAM::User",
      "arn:aws:iam::123456789012:policy/reading": "AWS::IAM::Policy",
      "arn:aws:s3:::bucket": undefined,
    };
    const { resources } = renderRecord(newEvent({ resources: Object.keys(arns) }));
    expect((resources as { type?: string }[]).map(({ type }) => type)).toEqual(Object.values(arns));
  });
});
