/** Who may do what with parameters: a denial of each operation, and what AWS's conditions see. */
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  RemoveTagsFromResourceCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { withoutEncodedMessage } from "./refusal.fixture.ts";

let vault: TestVault;
let iam: IAMClient;
let root: SSMClient;
const clients: SSMClient[] = [];

const arnStart = "arn:aws:ssm:us-east-1:123456789012:";

beforeAll(async () => {
  vault = await startVault();
  iam = new IAMClient(vault.client);
  root = new SSMClient(vault.client);
  for (const [Name, Type] of [
    ["/myapp/production/url", "String"],
    ["/myapp/production/token", "SecureString"],
    ["/myapp/staging/url", "String"],
  ] as const) {
    const Tags = [{ Key: "stage", Value: Name.split("/")[2] }];
    await root.send(new PutParameterCommand({ Name, Value: "v", Type, Tags }));
  }
});
afterAll(async () => {
  expect(vault.faults).toEqual([]);
  for (const client of [iam, root, ...clients]) client.destroy();
  await vault.close();
});

interface Statement {
  readonly Effect?: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

/** A client of a new user with these statements. */
async function userWith(UserName: string, ...statements: Statement[]): Promise<SSMClient> {
  await iam.send(new CreateUserCommand({ UserName }));
  const Statement = statements.map((statement) => ({ Effect: "Allow", ...statement }));
  await iam.send(
    new PutUserPolicyCommand({
      UserName,
      PolicyName: "test",
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
    }),
  );
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const client = new SSMClient({
    ...vault.client,
    credentials: {
      accessKeyId: AccessKey?.AccessKeyId ?? "",
      secretAccessKey: AccessKey?.SecretAccessKey ?? "",
    },
  });
  clients.push(client);
  return client;
}

async function denial(sent: Promise<unknown>): Promise<string> {
  return sent.then(
    () => expect.unreachable("the request was allowed"),
    ({ name, message }) => {
      expect(name).toBe("AccessDeniedException");
      return withoutEncodedMessage(message);
    },
  );
}

describe("by default", () => {
  let nobody: SSMClient;
  beforeAll(async () => {
    nobody = await userWith("nobody", { Action: "s3:ListBucket", Resource: "*" });
  });

  const Name = "/myapp/production/url";
  it.each([
    [
      "PutParameter",
      `parameter${Name}`,
      () => nobody.send(new PutParameterCommand({ Name, Value: "w", Overwrite: true })),
    ],
    ["GetParameter", `parameter${Name}`, () => nobody.send(new GetParameterCommand({ Name }))],
    [
      "GetParameters",
      `parameter${Name}`,
      () => nobody.send(new GetParametersCommand({ Names: [Name] })),
    ],
    [
      "GetParametersByPath",
      "parameter/myapp/",
      () => nobody.send(new GetParametersByPathCommand({ Path: "/myapp/" })),
    ],
    [
      "GetParameterHistory",
      `parameter${Name}`,
      () => nobody.send(new GetParameterHistoryCommand({ Name })),
    ],
    [
      "DeleteParameter",
      `parameter${Name}`,
      () => nobody.send(new DeleteParameterCommand({ Name })),
    ],
    [
      "DeleteParameters",
      `parameter${Name}`,
      () => nobody.send(new DeleteParametersCommand({ Names: [Name] })),
    ],
    ["DescribeParameters", "*", () => nobody.send(new DescribeParametersCommand({}))],
  ] as const)("%s is denied", async (operation, resource, send) => {
    expect(await denial(send())).toBe(
      `User: arn:aws:iam::123456789012:user/nobody is not authorized to perform: ssm:${operation} on resource: ${arnStart}${resource} because no identity-based policy allows the ssm:${operation} action`,
    );
    const { Parameter } = await root.send(new GetParameterCommand({ Name }));
    expect(Parameter).toMatchObject({ Value: "v", Version: 1 });
  });

  it("nobody learns what exists, nor what is wrong with a name", async () => {
    const there = await denial(nobody.send(new GetParameterCommand({ Name })));
    const absent = await denial(nobody.send(new GetParameterCommand({ Name: "/myapp/none" })));
    expect(absent.replace("/none", "/production/url")).toBe(there);
    const malformed = await denial(nobody.send(new GetParameterCommand({ Name: "a//b" })));
    expect(malformed).toContain(`on resource: ${arnStart}* because`);
  });
});

describe("a policy for parameter/myapp/production/*", () => {
  let production: SSMClient;
  beforeAll(async () => {
    production = await userWith("production", {
      Action: "ssm:Get*",
      Resource: `${arnStart}parameter/myapp/production/*`,
    });
  });

  it("lets those be read and no other", async () => {
    await production.send(new GetParameterCommand({ Name: "/myapp/production/url" }));
    await denial(production.send(new GetParameterCommand({ Name: "/myapp/staging/url" })));
  });

  it("denies a whole batch for one name", async () => {
    const Names = ["/myapp/production/url", "/myapp/staging/url"];
    expect(await denial(production.send(new GetParametersCommand({ Names })))).toContain(
      "parameter/myapp/staging/url",
    );
  });

  it("lets the path be listed as it is written in the policy", async () => {
    const Path = "/myapp/production/";
    const { Parameters } = await production.send(new GetParametersByPathCommand({ Path }));
    expect(Parameters).toHaveLength(2);
    await denial(production.send(new GetParametersByPathCommand({ Path: "/myapp" })));
  });

  it("opens secure strings too: AWS's own key trusts whoever may use Parameter Store", async () => {
    const Name = "/myapp/production/token";
    const { Parameter } = await production.send(
      new GetParameterCommand({ Name, WithDecryption: true }),
    );
    expect(Parameter?.Value).toBe("v");
  });
});

describe("KMS", () => {
  it("is asked as the caller, with the parameter's ARN as context", async () => {
    const client = await userWith(
      "undecrypted",
      { Action: "ssm:GetParameter", Resource: "*" },
      {
        Effect: "Deny",
        Action: "kms:Decrypt",
        Resource: "*",
        Condition: {
          StringEquals: {
            "kms:ViaService": "ssm.us-east-1.amazonaws.com",
            "kms:EncryptionContext:PARAMETER_ARN": `${arnStart}parameter/myapp/production/token`,
          },
        },
      },
    );
    const Name = "/myapp/production/token";
    const sent = client.send(new GetParameterCommand({ Name, WithDecryption: true }));
    expect(await denial(sent)).toMatch(
      / perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:\d{12}:key\/[\w-]{36} with an explicit deny/,
    );
    const { Parameter } = await client.send(new GetParameterCommand({ Name }));
    expect(Parameter?.Value).not.toBe("v");
  });

  it("is quoted where it refuses, as AWS was recorded to do", async () => {
    const kms = new KMSClient(vault.client);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    kms.destroy();
    const KeyId = KeyMetadata?.KeyId ?? "";
    const Name = "/mykey/token";
    const secure = { Name, Value: "v", Type: "SecureString", KeyId } as const;
    await root.send(new PutParameterCommand(secure));
    const client = await userWith("keyless", { Action: "ssm:*", Resource: "*" });
    const quoted = (operation: string) =>
      new RegExp(
        `^User: arn:aws:iam::123456789012:user/keyless is not authorized to perform: kms:${operation} on resource: ${KeyMetadata?.Arn} because no identity-based policy allows the kms:${operation} action \\(Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException; Request ID: [0-9a-f-]{36}; Proxy: null\\)$`,
      );
    const decrypted = { WithDecryption: true };
    const reads = [
      client.send(new GetParameterCommand({ Name, ...decrypted })),
      client.send(new GetParametersCommand({ Names: [Name], ...decrypted })),
      client.send(new GetParametersByPathCommand({ Path: "/mykey", ...decrypted })),
      client.send(new GetParameterHistoryCommand({ Name, ...decrypted })),
    ];
    for (const message of await Promise.all(reads.map(denial))) {
      expect(message).toMatch(quoted("Decrypt"));
    }
    const again = { ...secure, Overwrite: true };
    expect(await denial(client.send(new PutParameterCommand(again)))).toMatch(quoted("Encrypt"));
    const larger = client.send(new PutParameterCommand({ ...again, Tier: "Advanced" }));
    expect(await denial(larger)).toMatch(quoted("GenerateDataKey"));
  });
});

describe("conditions", () => {
  it("see whether a write overwrites", async () => {
    const creator = await userWith("creator", {
      Action: "ssm:PutParameter",
      Resource: "*",
      Condition: { StringEquals: { "ssm:Overwrite": "false" } },
    });
    const put = (Overwrite: boolean) =>
      creator.send(
        new PutParameterCommand({ Name: "/made", Value: "v", Type: "String", Overwrite }),
      );
    await denial(put(true));
    expect(await put(false)).toMatchObject({ Version: 1 });
  });

  it("see whether a listing is recursive", async () => {
    const flat = await userWith(
      "flat",
      { Action: "ssm:GetParametersByPath", Resource: "*" },
      {
        Effect: "Deny",
        Action: "ssm:GetParametersByPath",
        Resource: "*",
        Condition: { StringEquals: { "ssm:Recursive": "true" } },
      },
    );
    await flat.send(new GetParametersByPathCommand({ Path: "/myapp" }));
    await denial(flat.send(new GetParametersByPathCommand({ Path: "/myapp", Recursive: true })));
  });

  it("see the parameter's tags under both names", async () => {
    for (const key of ["ssm:resourceTag/stage", "aws:ResourceTag/stage"]) {
      const tagged = await userWith(`tagged-${key.slice(0, 3)}`, {
        Action: "ssm:GetParameter",
        Resource: "*",
        Condition: { StringEquals: { [key]: "staging" } },
      });
      await tagged.send(new GetParameterCommand({ Name: "/myapp/staging/url" }));
      await denial(tagged.send(new GetParameterCommand({ Name: "/myapp/production/url" })));
    }
  });

  it("see the tags of a request, which need a permission of their own", async () => {
    const put = (client: SSMClient, Name: string, Value: string) =>
      client.send(
        new PutParameterCommand({
          Name,
          Value: "v",
          Type: "String",
          Tags: [{ Key: "owner", Value }],
        }),
      );
    const untagging = await userWith("untagging", { Action: "ssm:PutParameter", Resource: "*" });
    expect(await denial(put(untagging, "/tagged", "me"))).toContain("ssm:AddTagsToResource");
    const owner = await userWith("owner", {
      Action: ["ssm:PutParameter", "ssm:AddTagsToResource"],
      Resource: "*",
      Condition: {
        StringEquals: { "aws:RequestTag/owner": "me" },
        "ForAllValues:StringEquals": { "aws:TagKeys": ["owner"] },
      },
    });
    await denial(put(owner, "/tagged", "you"));
    expect(await put(owner, "/tagged", "me")).toMatchObject({ Version: 1 });
  });

  it("see whether a parameter has policies, or gets them", async () => {
    const unpolicied = await userWith(
      "unpolicied",
      { Action: "ssm:PutParameter", Resource: "*" },
      {
        Effect: "Deny",
        Action: "ssm:PutParameter",
        Resource: "*",
        Condition: { StringEquals: { "ssm:Policies": "true" } },
      },
    );
    const Policies =
      '[{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"1","Unit":"Days"}}]';
    const put = { Name: "/policied", Value: "v", Type: "String", Tier: "Advanced" } as const;
    await denial(unpolicied.send(new PutParameterCommand({ ...put, Policies })));
    await unpolicied.send(new PutParameterCommand(put));
    const overwrite = { ...put, Overwrite: true };
    await root.send(new PutParameterCommand({ ...overwrite, Policies }));
    await denial(unpolicied.send(new PutParameterCommand(overwrite)));
  });

  it("see which tags are added and removed, and those that are there", async () => {
    const Resource = `${arnStart}parameter/myapp/staging/url`;
    const tagger = await userWith("tagger", {
      Action: ["ssm:AddTagsToResource", "ssm:RemoveTagsFromResource", "ssm:ListTagsForResource"],
      Resource,
      Condition: {
        "ForAllValues:StringEquals": { "aws:TagKeys": ["owner"] },
        StringEquals: { "aws:ResourceTag/stage": "staging" },
      },
    });
    const on = (ResourceId: string) => ({ ResourceType: "Parameter", ResourceId }) as const;
    const staging = on("/myapp/staging/url");
    const add = (Key: string, resource = staging) =>
      tagger.send(new AddTagsToResourceCommand({ ...resource, Tags: [{ Key, Value: "me" }] }));
    await add("owner");
    await denial(add("stage"));
    await denial(add("owner", on("/myapp/production/url")));
    const remove = (key: string) =>
      tagger.send(new RemoveTagsFromResourceCommand({ ...staging, TagKeys: [key] }));
    await denial(remove("stage"));
    await remove("owner");
    const { TagList } = await tagger.send(new ListTagsForResourceCommand(staging));
    expect(TagList).toEqual([{ Key: "stage", Value: "staging" }]);
  });
});
