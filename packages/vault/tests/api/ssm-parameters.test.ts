/** Parameter Store as an unmodified AWS client sees it: writing, reading, versions, deletion. */
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";

let vault: TestVault;
let ssm: SSMClient;

beforeAll(async () => {
  vault = await startVault();
  ssm = new SSMClient(vault.client);
});
afterAll(async () => {
  expect(vault.faults).toEqual([]);
  ssm.destroy();
  await vault.close();
});

function put(Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) {
  return ssm.send(new PutParameterCommand({ Name, Value, Type: "String", ...more }));
}

async function get(Name: string, WithDecryption = false) {
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption }));
  return Parameter;
}

/** What a client gets thrown: AWS's code and message. */
async function refusal(sent: Promise<unknown>): Promise<{ name: string; message: string }> {
  return sent.then(
    () => expect.unreachable("the request was accepted"),
    ({ name, message }) => ({ name, message }),
  );
}

const arnOf = (name: string) => `arn:aws:ssm:us-east-1:123456789012:parameter${name}`;

describe("PutParameter and GetParameter", () => {
  it("keep a string", async () => {
    expect(await put("/app/city", "Sydney")).toMatchObject({ Version: 1, Tier: "Standard" });
    expect(await get("/app/city")).toEqual({
      Name: "/app/city",
      Type: "String",
      Value: "Sydney",
      Version: 1,
      LastModifiedDate: expect.any(Date),
      ARN: arnOf("/app/city"),
      DataType: "text",
    });
  });

  it("keep a secure string, and give its ciphertext to who doesn't decrypt", async () => {
    await put("/app/token", "tok-1", { Type: "SecureString" });
    expect(await get("/app/token", true)).toMatchObject({ Type: "SecureString", Value: "tok-1" });
    expect((await get("/app/token"))?.Value).toMatch(/^[A-Za-z0-9+/]{60,}=*$/);
  });

  it("keep a secure string under a customer's key", async () => {
    const kms = new KMSClient(vault.client);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    kms.destroy();
    const KeyId = KeyMetadata?.KeyId ?? "";
    await put("/app/own-key", "v", { Type: "SecureString", KeyId });
    expect((await get("/app/own-key", true))?.Value).toBe("v");
    const { Parameters } = await ssm.send(
      new DescribeParametersCommand({ ParameterFilters: [{ Key: "KeyId", Values: [KeyId] }] }),
    );
    expect(Parameters?.map(({ Name }) => Name)).toEqual(["/app/own-key"]);
  });

  it("name the key that isn't there as KMS does", async () => {
    const KeyId = "1234abcd-12ab-34cd-56ef-1234567890ab";
    const { name, message } = await refusal(put("/app/k", "v", { Type: "SecureString", KeyId }));
    expect(name).toBe("InvalidKeyId");
    expect(message).toMatch(
      /^Key 'arn:aws:kms:us-east-1:123456789012:key\/1234abcd-12ab-34cd-56ef-1234567890ab' does not exist \(Service: AWSKMS; Status Code: 400; Error Code: NotFoundException; Request ID: [0-9a-f-]{36}; Proxy: null\)$/,
    );
  });

  it("answer by name, ARN, version, and in the form that was asked", async () => {
    await put("plain", "1");
    await put("plain", "2", { Overwrite: true });
    expect(await get("/plain")).toMatchObject({ Name: "/plain", Value: "2" });
    expect(await get(arnOf("/plain"))).toMatchObject({ Name: "plain", ARN: arnOf("/plain") });
    expect(await get("plain:1")).toMatchObject({ Name: "plain", Value: "1", Selector: ":1" });
    expect(await get(`${arnOf("/plain")}:1`)).toMatchObject({ Value: "1" });
  });

  it("say in AWS's words what isn't there", async () => {
    expect((await refusal(get("/none"))).name).toBe("ParameterNotFound");
    expect(await refusal(get("/app/city:9"))).toEqual({
      name: "ParameterVersionNotFound",
      message:
        "Systems Manager could not find version 9 of /app/city. Verify the version and try again.",
    });
    expect((await refusal(get("/app/city:prod"))).name).toBe("ParameterVersionNotFound");
  });

  it("need Overwrite for the next version", async () => {
    expect(await refusal(put("/app/city", "Perth"))).toEqual({
      name: "ParameterAlreadyExists",
      message:
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
    });
    expect(await put("/app/city", "Perth", { Overwrite: true })).toMatchObject({ Version: 2 });
  });

  it.each<[string, Partial<PutParameterCommandInput>, string, RegExp]>([
    [
      "/x",
      { Value: "" },
      "ValidationException",
      /^1 validation error detected: Value at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1$/,
    ],
    ["/x", { Value: "v".repeat(32_769) }, "ValidationException", /less than or equal to 32768$/],
    [
      "/x",
      { Value: "v".repeat(4097) },
      "ValidationException",
      /^Standard tier parameters support a maximum parameter value of 4096 characters\./,
    ],
    [
      "/x",
      { Type: "str" as never },
      "ValidationException",
      /^1 validation error detected: Value 'str' at 'type' failed to satisfy constraint: Member must satisfy enum value set: \[SecureString, StringList, String\]$/,
    ],
    [
      "/x",
      { Type: undefined },
      "ValidationException",
      /^A parameter type is required when you create a parameter\.$/,
    ],
    [
      "/x",
      { KeyId: "alias/k" },
      "ValidationException",
      /^KeyId is required for SecureString type parameter only\.$/,
    ],
    [
      "/x",
      { Overwrite: true, Tags: [{ Key: "a", Value: "b" }] },
      "ValidationException",
      /^Invalid request: tags and overwrite can't be used together\./,
    ],
    ["/x", { Policies: "{}" }, "ValidationException", /^Invalid policies input: \{\}\.$/],
    [
      "/x",
      { DataType: "aws:ec2:image" },
      "ValidationException",
      /^DataType aws:ec2:image is not supported/,
    ],
    [
      "/x",
      { AllowedPattern: "[0-9]" },
      "ParameterPatternMismatchException",
      /^Parameter value, cannot be validated against allowedPattern: \[0-9\]$/,
    ],
    [
      "/x",
      { AllowedPattern: "(x+)+y", Value: "x".repeat(4000) },
      "InvalidAllowedPatternException",
      /regular expression/,
    ],
    ["db/endpoint", {}, "ValidationException", /^Parameter name must be a fully qualified name\.$/],
    ["/aws/x", {}, "AccessDeniedException", /^No access to reserved parameter name: aws\/x\.$/],
    ["/SSM/x", {}, "ValidationException", /^Parameter name: can't be prefixed with "ssm"/],
    [`/${Array(16).fill("l").join("/")}`, {}, "HierarchyLevelLimitExceededException", /15 levels/],
  ])("refuse %s with %o", async (name, more, code, message) => {
    const { name: refused, message: said } = await refusal(put(name, "v", more));
    expect(refused).toBe(code);
    expect(said).toMatch(message);
    if (!name.startsWith("/x")) return;
    expect((await refusal(get(name))).name).toBe("ParameterNotFound");
  });
});

describe("GetParameters", () => {
  it("gives what is there by name and lists what isn't", async () => {
    await put("/batch/b", "2");
    await put("/batch/a", "1", { Type: "SecureString" });
    const { Parameters, InvalidParameters } = await ssm.send(
      new GetParametersCommand({
        Names: ["/batch/b", "/batch/none", "/batch/a", "/batch/b:7"],
        WithDecryption: true,
      }),
    );
    expect(Parameters?.map(({ Name, Value }) => [Name, Value])).toEqual([
      ["/batch/a", "1"],
      ["/batch/b", "2"],
    ]);
    expect(InvalidParameters).toEqual(["/batch/none", "/batch/b:7"]);
  });

  it("takes ten names", async () => {
    const Names = Array.from("abcdefghijk");
    expect(await refusal(ssm.send(new GetParametersCommand({ Names })))).toEqual({
      name: "ValidationException",
      message: `1 validation error detected: Value '[${Names.join(", ")}]' at 'names' failed to satisfy constraint: Member must have length less than or equal to 10`,
    });
  });
});

describe("GetParameterHistory", () => {
  it("tells who wrote which version, oldest first", async () => {
    await put("/h", "1", { Description: "first", Type: "SecureString", AllowedPattern: "\\d" });
    await put("/h", "2", { Overwrite: true, Type: undefined, Tier: "Advanced" });
    const { Parameters, NextToken } = await ssm.send(
      new GetParameterHistoryCommand({ Name: "/h", WithDecryption: true }),
    );
    const both = {
      Name: "/h",
      Type: "SecureString",
      KeyId: "alias/aws/ssm",
      LastModifiedDate: expect.any(Date),
      LastModifiedUser: "arn:aws:iam::123456789012:root",
      Description: "first",
      AllowedPattern: "\\d",
      Labels: [],
      Policies: [],
      DataType: "text",
    };
    expect(Parameters).toEqual([
      { ...both, Value: "1", Version: 1, Tier: "Standard" },
      { ...both, Value: "2", Version: 2, Tier: "Advanced" },
    ]);
    expect(NextToken).toBeUndefined();
  });
});

describe("DeleteParameter and DeleteParameters", () => {
  it("remove what is there and say what isn't", async () => {
    for (const name of ["/d/1", "/d/2", "/d/3"]) await put(name, "v");
    await ssm.send(new DeleteParameterCommand({ Name: "/d/1" }));
    const again = ssm.send(new DeleteParameterCommand({ Name: "/d/1" }));
    expect((await refusal(again)).name).toBe("ParameterNotFound");
    const { DeletedParameters, InvalidParameters } = await ssm.send(
      new DeleteParametersCommand({ Names: ["/d/1", "/d/2", "/d/3"] }),
    );
    expect(DeletedParameters).toEqual(["/d/2", "/d/3"]);
    expect(InvalidParameters).toEqual(["/d/1"]);
    expect((await refusal(get("/d/2"))).name).toBe("ParameterNotFound");
  });

  it("remove nothing if one of the names can't be a name", async () => {
    await put("/d/kept", "v");
    const Names = ["/d/kept", "/d//x"];
    const sent = ssm.send(new DeleteParametersCommand({ Names }));
    expect((await refusal(sent)).name).toBe("ValidationException");
    expect((await get("/d/kept"))?.Value).toBe("v");
  });
});

describe("what was acknowledged", () => {
  it("is there after a restart", async () => {
    await put("/kept", "tok-kept", { Type: "SecureString" });
    await vault.restart();
    expect((await get("/kept", true))?.Value).toBe("tok-kept");
  });
});
