/**
 * Secrets read through Parameter Store. What is expected here was measured against AWS by others
 * and published; see `operations/ssm/secret-reference.ts`.
 */
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { refusal } from "./refusal.fixture.ts";

let vault: TestVault;
let ssm: SSM;
let secrets: SecretsManager;
let iam: IAM;
let arn: string | undefined;
let firstVersion: string | undefined;

const prefix = "/aws/reference/secretsmanager/";

beforeAll(async () => {
  vault = await startVault();
  ssm = new SSM(vault.client);
  secrets = new SecretsManager(vault.client);
  iam = new IAM(vault.client);
  const made = await secrets.createSecret({ Name: "app/db", SecretString: "one" });
  arn = made.ARN;
  firstVersion = made.VersionId;
  await secrets.putSecretValue({ SecretId: "app/db", SecretString: "two" });
  await ssm.putParameter({ Name: "/plain", Value: "plain", Type: "String" });
});
afterAll(async () => {
  expect(vault.faults).toEqual([]);
  for (const client of [ssm, secrets, iam]) client.destroy();
  await vault.close();
});

const get = (reference: string, WithDecryption: boolean | undefined = true, client = ssm) =>
  client.getParameter({ Name: `${prefix}${reference}`, WithDecryption });

describe("a reference", () => {
  it("gives the current value and what Secrets Manager replied", async () => {
    const { VersionId, CreatedDate } = await secrets.getSecretValue({ SecretId: "app/db" });
    const { Parameter } = await get("app/db");
    expect(Parameter).toEqual({
      Name: `${prefix}app/db`,
      Type: "SecureString",
      Value: "two",
      Version: 0,
      SourceResult: expect.any(String),
      LastModifiedDate: CreatedDate,
      ARN: arn,
    });
    const createdDate = CreatedDate?.toLocaleString("en-US", {
      dateStyle: "medium",
      timeStyle: "medium",
      timeZone: "UTC",
    });
    expect(Parameter?.SourceResult).toBe(
      JSON.stringify({
        ARN: arn,
        name: "app/db",
        versionId: VersionId,
        secretString: "two",
        versionStages: ["AWSCURRENT"],
        createdDate: createdDate?.replaceAll("\u202f", " "),
      }),
    );
  });

  it("takes a version's stage or id", async () => {
    const { Parameter } = await get("app/db:AWSPREVIOUS");
    expect(Parameter).toMatchObject({
      Name: `${prefix}app/db`,
      Value: "one",
      Selector: ":AWSPREVIOUS",
    });
    expect((await get(`app/db:${firstVersion}`)).Parameter?.Value).toBe("one");
  });

  it("has no value where the secret is binary", async () => {
    await secrets.createSecret({ Name: "binary", SecretBinary: Buffer.from("abc") });
    expect((await get("binary")).Parameter).toMatchObject({ Type: "SecureString" });
    expect((await get("binary")).Parameter).not.toHaveProperty("Value");
  });

  const syntax =
    "ValidationException: Invalid parameter name. Please use correct syntax for referencing a version/label  <name>:<version/label>";
  const undecrypted =
    "ValidationException: WithDecryption flag must be True for retrieving a Secret Manager secret.";
  const missing = (what: string) =>
    `ParameterNotFound: An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret aws/reference/secretsmanager/${what} not found.`;
  it.each([
    ["app/db:AWSCURRENT:extra", false, syntax],
    ["app/db:", false, syntax],
    ["arn:aws:secretsmanager:us-east-1:000000000000:secret:x", false, syntax],
    ["app/db", false, undecrypted],
    ["none", undefined, undecrypted],
    ["none", true, missing("nonenull")],
    ["app/db:NOSUCHSTAGE", true, missing("app/db:NOSUCHSTAGE")],
  ])("%s is refused (decrypted: %s)", async (reference, isDecrypted, expected) => {
    const Name = `${prefix}${reference}`;
    const sent = ssm.getParameter({
      Name,
      ...(isDecrypted !== undefined && { WithDecryption: isDecrypted }),
    });
    expect(await refusal(sent)).toBe(expected);
  });

  it("to a secret that is scheduled for deletion is an invalid request", async () => {
    await secrets.createSecret({ Name: "deleted", SecretString: "v" });
    await secrets.deleteSecret({ SecretId: "deleted" });
    expect(await refusal(get("deleted"))).toBe(
      "ValidationException: Invalid Request to Secrets Manager",
    );
  });

  it("stands among parameters in a batch, or among the invalid ones", async () => {
    const Names = ["app/db", "app/db:AWSPREVIOUS", "none", "app/db:NOSUCH", "app/db:a:b"].map(
      (name) => `${prefix}${name}`,
    );
    const found = await ssm.getParameters({ Names: [...Names, "/plain"], WithDecryption: true });
    expect(found.Parameters?.map(({ Value }) => Value).sort()).toEqual(["one", "plain", "two"]);
    expect(found.InvalidParameters).toEqual(Names.slice(2));
    const plain = await ssm.getParameters({ Names: [`${prefix}app/db`, "/plain"] });
    expect(plain.Parameters?.map(({ Value }) => Value)).toEqual(["plain"]);
    expect(plain.InvalidParameters).toEqual([`${prefix}app/db`]);
  });

  it("has neither history nor a place in lists, and is written by nobody", async () => {
    const Name = `${prefix}app/db`;
    const reserved = /^AccessDeniedException: No access to reserved parameter name: aws\/reference/;
    expect(await refusal(ssm.getParameterHistory({ Name }))).toMatch(reserved);
    const put = ssm.putParameter({ Name, Value: "v", Type: "String" });
    expect(await refusal(put)).toMatch(reserved);
    expect(await refusal(ssm.deleteParameter({ Name }))).toMatch(reserved);
    const { Parameters } = await ssm.getParametersByPath({ Path: prefix });
    expect(Parameters).toEqual([]);
  });
});

describe("the permissions", () => {
  async function userWith(UserName: string, ...Action: string[]): Promise<SSM> {
    await iam.createUser({ UserName });
    const Statement = [{ Effect: "Allow", Action, Resource: "*" }];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.putUserPolicy({ UserName, PolicyName: "test", PolicyDocument });
    const { AccessKey } = await iam.createAccessKey({ UserName });
    return new SSM({
      ...vault.client,
      credentials: {
        accessKeyId: AccessKey?.AccessKeyId ?? "",
        secretAccessKey: AccessKey?.SecretAccessKey ?? "",
      },
    });
  }

  const failed = "ValidationException: An error occurred while calling one AWS dependency service.";

  it("of both services are needed", async () => {
    const ssmOnly = await userWith("ssm-only", "ssm:GetParameter*");
    for (const name of ["app/db", "none"]) {
      expect(await refusal(get(name, true, ssmOnly))).toBe(failed);
    }
    const Names = ["app/db", "none"].map((name) => `${prefix}${name}`);
    const batch = ssmOnly.getParameters({ Names, WithDecryption: true });
    expect(await refusal(batch)).toBe(failed);
    const secretsOnly = await userWith("secrets-only", "secretsmanager:GetSecretValue");
    expect(await refusal(get("app/db", true, secretsOnly))).toMatch(
      /^AccessDeniedException: .* to perform: ssm:GetParameter on resource: arn:aws:ssm:us-east-1:123456789012:parameter\/aws\/reference\/secretsmanager\/app\/db because/,
    );
    const both = await userWith("both", "ssm:GetParameter", "secretsmanager:GetSecretValue");
    expect((await get("app/db", true, both)).Parameter?.Value).toBe("two");
    for (const client of [ssmOnly, secretsOnly, both]) client.destroy();
  });

  it("were asked by both, as the trail tells", async () => {
    const trail = new CloudTrail(vault.client);
    const reads = async (EventName: string) => {
      const { Events = [] } = await trail.lookupEvents({
        LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: EventName }],
        MaxResults: 1,
      });
      return JSON.parse(Events[0]?.CloudTrailEvent ?? "{}");
    };
    await get(`app/db:${firstVersion}`);
    const [asked, read] = [await reads("GetParameter"), await reads("GetSecretValue")];
    trail.destroy();
    expect(read).toMatchObject({
      eventSource: "secretsmanager.amazonaws.com",
      requestParameters: { secretId: "app/db", versionId: firstVersion },
      requestID: asked.requestID,
      additionalEventData: { versionId: firstVersion },
    });
    expect(asked).toMatchObject({
      eventSource: "ssm.amazonaws.com",
      requestParameters: { name: `${prefix}app/db:${firstVersion}`, withDecryption: true },
    });
  });
});
