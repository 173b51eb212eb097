/** `claviger policy …` as a user runs it, against a real vault. */
import { fileURLToPath } from "node:url";
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cleanEnvironment,
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../../tools/harness/vault-process.ts";
import { typeAs, typeHere } from "./typed-here.fixture.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const account = "123456789012";
const parameter = (name: string) => `arn:aws:ssm:us-east-1:${account}:parameter${name}`;
/** A value that must stand in no output. */
const planted = "wx_planted_4f1e";

let vault: VaultProcess;
let client: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};

beforeAll(async () => {
  vault = await startVaultProcess({ root, dataDirectory: `${temporaryFolder("policy")}/data` });
  client = {
    endpoint: vault.url,
    region: "us-east-1",
    credentials: {
      accessKeyId: vault.environment.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: vault.environment.AWS_SECRET_ACCESS_KEY ?? "",
    },
  };
});

afterAll(() => vault.stop());

async function policy(words: readonly string[], input?: string) {
  const seen = await typeHere(["policy", ...words], {
    environment: { ...cleanEnvironment(), ...vault.environment, NO_COLOR: "1" },
    ...(input !== undefined && { input }),
  });
  expect(seen.stdout + seen.stderr).not.toContain(planted);
  return seen;
}

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole" },
});

async function createRole(RoleName: string, statements?: readonly object[]): Promise<void> {
  const iam = new IAM(client);
  await iam.createRole({ RoleName, AssumeRolePolicyDocument: trust });
  if (statements !== undefined) await put(RoleName, "own", statements);
}

async function put(
  RoleName: string,
  PolicyName: string,
  Statement: readonly object[],
): Promise<void> {
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await new IAM(client).putRolePolicy({ RoleName, PolicyName, PolicyDocument });
}

async function as(role: string) {
  const { Credentials } = await new STS(client).assumeRole({
    RoleArn: `arn:aws:iam::${account}:role/${role}`,
    RoleSessionName: "test",
  });
  return {
    ...client,
    credentials: {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    },
  };
}

async function putParameter(Name: string, KeyId?: string): Promise<void> {
  const key = KeyId === undefined ? {} : { KeyId };
  await new SSM(client).putParameter({ Name, Value: planted, Type: "SecureString", ...key });
}

/** What the caller gets told, with the id of the request. */
async function denialOf(
  attempt: Promise<unknown>,
): Promise<{ message: string; requestId: string }> {
  const error = await attempt.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error?.name).toMatch(/^AccessDenied/);
  return { message: error.message, requestId: error.$metadata.requestId };
}

const allow = (
  Action: string | string[],
  Resource: string | string[] = "*",
  more: object = {},
) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});

describe("generate", () => {
  test("writes nothing but the policy to standard output; attached, the role reads just that", async () => {
    await createRole("generated");
    const { KeyMetadata } = await new KMS(client).createKey({});
    await putParameter("/generated/token");
    await putParameter("/generated/own-key/token", KeyMetadata?.KeyId);
    await putParameter("/generated/other");
    const targets = [
      "ssm:/generated/token",
      "ssm:/generated/own-key/*",
      "secretsmanager:not/there",
    ];
    const words = ["generate", "--role", "generated", "--for", ...targets];
    const printed = await policy(words);
    expect(printed.status).toBe(0);
    const document = JSON.parse(printed.stdout);
    expect(document.Statement.map(({ Action }: { Action: unknown }) => [Action].flat()[0])).toEqual(
      [
        "ssm:GetParameter",
        "ssm:GetParametersByPath",
        "secretsmanager:DescribeSecret",
        "kms:Decrypt",
      ],
    );
    expect(document.Statement[3].Resource).toBe(KeyMetadata?.Arn);
    expect(document.Statement[2].Resource).toMatch(/:secret:not\/there-\?{6}$/);
    expect(printed.stderr).toContain("note: secretsmanager:not/there isn't there yet");

    const attached = await policy([...words, "--attach", "--yes"]);
    expect(JSON.parse(attached.stdout)).toEqual(document);
    expect(attached.stderr).toMatch(/\+ {3}"Version": "2012-10-17"[\s\S]*has it now/);
    const ssm = new SSM(await as("generated"));
    await ssm.getParameter({ Name: "/generated/token", WithDecryption: true });
    await ssm.getParametersByPath({ Path: "/generated/own-key", WithDecryption: true });
    await denialOf(ssm.getParameter({ Name: "/generated/other" }));
    expect((await policy([...words, "--attach", "--yes"])).stderr).toContain("has it already");

    // The key was used for the parameter below the path: its statement is no unused grant.
    const { policies, refusal } = JSON.parse(
      (await policy(["unused", "--role", "generated", "--format", "json"])).stdout,
    );
    expect(refusal).toBeNull();
    expect(policies[0].narrowed.Statement.at(-1)).toEqual(document.Statement[3]);
  });

  test("attaches nothing that nobody agreed to, and nothing to nobody", async () => {
    await createRole("unasked");
    const words = ["generate", "--for", "ssm:/a", "--attach", "--role"];
    expect(await policy([...words, "unasked"])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/error: there is no terminal to confirm at\nhint: .*--yes\n$/),
    });
    const { PolicyNames } = await new IAM(client).listRolePolicies({ RoleName: "unasked" });
    expect(PolicyNames).toEqual([]);
    expect(await policy([...words, "nobody", "--yes"])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("The role with name nobody cannot be found"),
    });
  });

  test("for writing, the role writes and does not read", async () => {
    await createRole("writer");
    await putParameter("/written/token");
    const targets = ["--for", "ssm:/written/token", "--for", "secretsmanager:written"];
    await policy([
      "generate",
      "--role",
      "writer",
      ...targets,
      "--actions",
      "write",
      "--attach",
      "--yes",
    ]);
    const writer = await as("writer");
    const ssm = new SSM(writer);
    await ssm.putParameter({ Name: "/written/token", Value: "second", Overwrite: true });
    await denialOf(ssm.getParameter({ Name: "/written/token" }));
    const secrets = new SecretsManager(writer);
    await secrets.createSecret({ Name: "written", SecretString: planted });
    await secrets.putSecretValue({ SecretId: "written", SecretString: `${planted}2` });
    await denialOf(secrets.getSecretValue({ SecretId: "written" }));
  });
});

describe("why", () => {
  test("explains an error text, an encoded message and a request's id alike", async () => {
    await createRole("explained", [allow("ssm:GetParameter", parameter("/explained/own"))]);
    const ssm = new SSM(await as("explained"));
    const { message, requestId } = await denialOf(ssm.getParameter({ Name: "/explained/other" }));
    const encoded = message.split("message: ")[1] ?? "";
    const said = [
      await policy(["why", "-"], `An error occurred: ${message}\n`),
      await policy(["why", encoded]),
      await policy(["why", requestId]),
    ];
    for (const { stdout, status } of said) {
      expect(status).toBe(0);
      expect(stdout).toBe(said[0]?.stdout);
    }
    expect(said[0]?.stdout).toContain("Allow statement 1: is about other resources");
    expect(said[0]?.stdout).toContain("Add this statement to a policy of role explained:");
  });

  test("the change that it prints as JSON is one that works, and the smallest", async () => {
    await createRole("changed", [allow("ssm:GetParameter", parameter("/changed/own"))]);
    await putParameter("/changed/other");
    const ssm = new SSM(await as("changed"));
    const { message } = await denialOf(ssm.getParameter({ Name: "/changed/other" }));
    const { reason, changes } = JSON.parse(
      (await policy(["why", "--format", "json", message])).stdout,
    );
    expect(reason).toBe("no-identity-policy");
    expect(changes).toHaveLength(1);
    expect(changes[0].statement).toEqual(allow("ssm:GetParameter", parameter("/changed/other")));
    await put("changed", "added", [changes[0].statement]);
    await ssm.getParameter({ Name: "/changed/other" });
  });

  test("names the Deny in the way, and the condition that was not met", async () => {
    const home = { Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } };
    await createRole("conditional", [
      allow("ssm:GetParameter", "*", home),
      { Effect: "Deny", Action: "ssm:PutParameter", Resource: "*", Sid: "NoWrites" },
      allow("ssm:PutParameter"),
    ]);
    const ssm = new SSM(await as("conditional"));
    const read = await denialOf(ssm.getParameter({ Name: "/x" }));
    expect((await policy(["why", read.message])).stdout).toContain(
      "aws:SourceIp was 127.0.0.1, and IpAddress wants 10.0.0.0/8",
    );
    const written = await denialOf(ssm.putParameter({ Name: "/x", Value: "v", Type: "String" }));
    expect((await policy(["why", written.message])).stdout).toMatch(
      /Statement 2 "NoWrites" of inline policy own of role conditional denies it/,
    );
  });

  test("a message without its encoded part is judged again here, with the same outcome", async () => {
    const statements = [
      allow("ssm:GetParameter", parameter("/judged/*")),
      { Effect: "Deny", Action: "ssm:*", Resource: parameter("/judged/other"), Sid: "NotThis" },
    ];
    await createRole("judged", statements);
    const ssm = new SSM(await as("judged"));
    const { message } = await denialOf(ssm.getParameter({ Name: "/judged/other" }));
    const asOnAws = message.replace(/ Encoded authorization failure message:.*/, "");
    const judged = JSON.parse((await policy(["why", "--format", "json", asOnAws])).stdout);
    const told = JSON.parse((await policy(["why", "--format", "json", message])).stdout);
    expect(judged).toEqual({ ...told, notes: expect.any(Array), principal: expect.any(Object) });
    expect(judged.notes[0]).toContain("judged again on this machine");
    expect(told.notes).toEqual([]);
  });

  test("a KMS key's policy that leaves the role out is where the statement goes", async () => {
    await createRole("keyless", [allow("kms:*")]);
    const statement = {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: "kms:*",
      Resource: "*",
    };
    const kms = new KMS(client);
    const { KeyMetadata } = await kms.createKey({});
    const KeyId = KeyMetadata?.Arn ?? "";
    const own = { ...statement, Principal: { AWS: `arn:aws:iam::${account}:role/explained` } };
    const admin = { ...statement, Action: ["kms:Put*", "kms:Get*", "kms:List*", "kms:Describe*"] };
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [admin, own] });
    await kms.putKeyPolicy({ KeyId, Policy });
    const denied = denialOf(
      new KMS(await as("keyless")).generateDataKey({ KeyId, KeySpec: "AES_256" }),
    );
    const { message } = await denied;
    for (const text of [message, message.replace(/ Encoded.*/, "")]) {
      const { changes } = JSON.parse((await policy(["why", "--format", "json", text])).stdout);
      expect(changes).toHaveLength(1);
      expect(changes[0].statement).toEqual({
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:role/keyless` },
        Action: "kms:GenerateDataKey",
        Resource: "*",
      });
    }
  });

  test("a secret whose key is closed to the role tells of the key", async () => {
    const { KeyMetadata } = await new KMS(client).createKey({});
    const secret = { Name: "sealed", SecretString: planted, KmsKeyId: KeyMetadata?.Arn };
    await new SecretsManager(client).createSecret(secret);
    await createRole("unsealed", [allow("secretsmanager:GetSecretValue")]);
    const secrets = new SecretsManager(await as("unsealed"));
    const { requestId } = await denialOf(secrets.getSecretValue({ SecretId: "sealed" }));
    const { action, changes } = JSON.parse(
      (await policy(["why", "--format", "json", requestId])).stdout,
    );
    expect(action).toBe("kms:Decrypt");
    expect(changes).toMatchObject([
      { to: "a policy of role unsealed", statement: { Resource: KeyMetadata?.Arn } },
    ]);
  });

  test("what is no denial, or of nobody here, is refused with a hint", async () => {
    expect(await policy(["why", "it does not work"])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^error: that is no denial.*\nhint: .*why -\n$/),
    });
    const { $metadata } = await new STS(client).getCallerIdentity({});
    expect(await policy(["why", $metadata.requestId ?? ""])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("was not denied"),
    });
    expect(await policy(["why", "00000000-0000-4000-8000-000000000000"])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("have no request 00000000"),
    });
    const stranger =
      "User: arn:aws:iam::123456789012:user/gone is not authorized to perform: ssm:GetParameter";
    expect(await policy(["why", stranger])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("no policies of arn:aws:iam::123456789012:user/gone"),
    });
  });
});

describe("blast-radius", () => {
  test("lists what the role reaches, what is shared, and what groups fields", async () => {
    const home = { Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } };
    await new SecretsManager(client).createSecret({
      Name: "reached/grouped",
      SecretString: JSON.stringify({ stripe: planted, sendgrid: planted }),
    });
    await putParameter("/reached/token");
    await new SSM(client).addTagsToResource({
      ResourceType: "Parameter",
      ResourceId: "/reached/token",
      Tags: [{ Key: "owner", Value: "payments" }],
    });
    await createRole("reacher", [
      allow(["ssm:GetParameter", "ssm:DeleteParameter"], parameter("/reached/token")),
      allow("ssm:PutParameter", parameter("/reached/token"), home),
      allow(
        "secretsmanager:GetSecretValue",
        `arn:aws:secretsmanager:us-east-1:${account}:secret:reached/*`,
      ),
    ]);
    await createRole("sharer", [allow("ssm:GetParameter", parameter("/reached/token"))]);
    await createRole("wide-reader", [allow("ssm:Get*")]);
    await new SSM(await as("reacher")).getParameter({ Name: "/reached/token" });

    const { reaches, warnings, notes } = JSON.parse(
      (await policy(["blast-radius", "reacher", "--format", "json"])).stdout,
    );
    expect(reaches).toMatchObject([
      {
        name: "reached/grouped",
        owner: null,
        read: "yes",
        write: "no",
        delete: "no",
        lastRead: null,
      },
      {
        name: "/reached/token",
        owner: "payments",
        read: "yes",
        write: "if",
        delete: "yes",
        conditions: ["aws:SourceIp"],
      },
    ]);
    expect(reaches[1].lastRead).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(warnings).toEqual([
      "ssm:/reached/token is shared: sharer can read it too",
      expect.stringContaining("role wide-reader can read it all too"),
    ]);
    expect(notes).toEqual([expect.stringContaining("--fields")]);

    const { stdout } = await policy(["blast-radius", "reacher", "--fields"]);
    expect(stdout).toMatch(/^reacher reaches 2 of \d+ secrets and parameters in us-east-1\.\n/);
    expect(stdout).toMatch(
      /ssm:\/reached\/token +payments +yes +if +yes +\d{4}-\d\d-\d\d +aws:SourceIp\n/,
    );
    expect(stdout).toContain("secretsmanager:reached/grouped groups 2 fields (stripe, sendgrid)");
  });

  test("of a role that isn't there fails with a hint", async () => {
    expect(await policy(["blast-radius", "nobody"])).toMatchObject({
      status: 1,
      stderr: "error: there is no role nobody\nhint: list them: aws iam list-roles\n",
    });
  });
});

test("an endpoint that nothing answers at fails with what to do", async () => {
  const nowhere = { AWS_ENDPOINT_URL: "http://127.0.0.1:1" };
  const type = typeAs(() => ({ ...vault.environment, ...nowhere }));
  const { stderr, status } = await type("policy blast-radius web");
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^error: nothing answers at http:\/\/127\.0\.0\.1:1 .*ECONNREFUSED\nhint: /,
  );
});

describe("unused", () => {
  test("narrows to what was used, tries it out on the trail, and applies it when told to", async () => {
    await createRole("loose", [
      { Sid: "All", ...allow(["ssm:Get*", "ssm:PutParameter"]) },
      allow("secretsmanager:*"),
    ]);
    const iam = new IAM(client);
    const { Policy } = await iam.createPolicy({
      PolicyName: "loose-managed",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: allow(["kms:ListKeys", "kms:ListAliases"]),
      }),
    });
    const PolicyArn = Policy?.Arn ?? "";
    await iam.attachRolePolicy({ RoleName: "loose", PolicyArn });
    const awsManaged = "arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess";
    await iam.attachRolePolicy({ RoleName: "loose", PolicyArn: awsManaged });
    await putParameter("/loose/token");
    const loose = await as("loose");
    const ssm = new SSM(loose);
    await ssm.getParameter({ Name: "/loose/token", WithDecryption: true });
    await ssm.describeParameters({});
    await new KMS(loose).listKeys({});

    const words = ["unused", "--days", "1", "--role", "loose"];
    const found = JSON.parse((await policy([...words, "--format", "json"])).stdout);
    expect(found).toMatchObject({
      requests: 3,
      refusal: null,
      replay: { requests: 3, lost: [], unexplained: [] },
    });
    const narrowed = Object.fromEntries(
      found.policies.map((each: { policy: string; narrowed: { Statement: object[] } | null }) => [
        each.policy,
        each.narrowed?.Statement ?? null,
      ]),
    );
    expect(narrowed).toEqual({
      "inline policy own of role loose": [
        { Sid: "All", ...allow("ssm:GetParameter", parameter("/loose/token")) },
      ],
      [PolicyArn]: [allow("kms:ListKeys")],
      [awsManaged]: [allow("ssm:DescribeParameters", `arn:aws:ssm:us-east-1:${account}:*`)],
    });
    expect((await policy(words)).stdout).toContain(
      "Replayed against them: 3 requests, all allowed as before.",
    );

    expect(await policy([...words, "--apply"])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("error: there is no terminal to confirm at"),
    });
    await ssm.putParameter({ Name: "/loose/made", Value: "v", Type: "String" });
    await put("loose", "own", [{ Sid: "All", ...allow(["ssm:Get*"]) }, allow("secretsmanager:*")]);
    const refused = await policy([...words, "--apply", "--yes"]);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/today's policies don't explain, as ssm:PutParameter/);

    await put("loose", "own", [{ Sid: "All", ...allow(["ssm:Get*", "ssm:PutParameter"]) }]);
    const applied = await policy([...words, "--apply", "--yes"]);
    expect(applied.status).toBe(0);
    expect(applied.stderr).toContain(`note: done: make a new default version of ${PolicyArn}`);
    await ssm.getParameter({ Name: "/loose/token", WithDecryption: true });
    await ssm.describeParameters({});
    await new KMS(loose).listKeys({});
    await denialOf(new KMS(loose).listAliases({}));
    await denialOf(ssm.getParameter({ Name: "/generated/token" }));
    await denialOf(new SecretsManager(loose).listSecrets({}));
    const { AttachedPolicies = [] } = await iam.listAttachedRolePolicies({ RoleName: "loose" });
    expect(AttachedPolicies.map((each) => each.PolicyArn)).toEqual([PolicyArn]);
    expect((await policy(words)).stdout).toContain("Every grant was used.");
  });

  test("offers nothing for a role that made no request, and names it among the idle", async () => {
    await createRole("idle", [allow("ssm:GetParameter")]);
    const { stdout } = await policy(["unused", "--role", "idle"]);
    expect(stdout).toMatch(
      /1 +all of it\n\nNo narrowed policy is offered: it made no request in 30 days/,
    );
    const { idle } = JSON.parse((await policy(["unused", "--format", "json"])).stdout);
    expect(idle).toContain(`arn:aws:iam::${account}:role/idle`);
  });

  test("does not take words that mean nothing", async () => {
    expect((await policy(["unused", "--days", "0"])).status).toBe(2);
    expect(await policy(["unused", "--apply"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("one role at a time"),
    });
  });
});
