/** The AWS SDK's own encoders and decoders as an independent judge of ours. */
import { GetUserCommand, IAMClient, ListUsersCommand, TagRoleCommand } from "@aws-sdk/client-iam";
import { EncryptCommand, KMSClient, NotFoundException } from "@aws-sdk/client-kms";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, ParameterNotFound, SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { describe, expect, it } from "vitest";
import { ApiError, accessDenied } from "../errors.ts";
import {
  blob,
  integer,
  list,
  map,
  type Shape,
  string,
  structure,
  validate,
} from "../shapes/shapes.ts";
import { decodeInput } from "./decode.ts";
import { encodeError, encodeOutput, type WireOutput } from "./encode.ts";
import { createRouter } from "./route.ts";

const route = createRouter([
  service("secretsmanager", "aws-json", ["secretsmanager."], "2017-10-17"),
  service("ssm", "aws-json", ["AmazonSSM."], "2014-11-06"),
  service("kms", "aws-json", ["TrentService."], "2014-11-01"),
  service("sts", "aws-query", [], "2011-06-15"),
  service("iam", "aws-query", [], "2010-05-08"),
]);

const when = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));

describe("what the SDK sends is read", () => {
  const tag = structure({ Key: string(), Value: string() });

  it("in AWS JSON", async () => {
    const { input, client } = answering(
      structure({ Name: string(), SecretBinary: blob(), Tags: list(tag) }),
      {},
    );
    const sent = {
      Name: "é🔑",
      SecretBinary: Buffer.from([0, 255]),
      Tags: [{ Key: "k", Value: "v" }],
    };
    await new SecretsManagerClient(client).send(new CreateSecretCommand(sent));
    expect(input()).toEqual(sent);
  });

  it("with maps and bytes", async () => {
    const context = map(string(), string());
    const { input, client } = answering(
      structure({ KeyId: string(), Plaintext: blob(), EncryptionContext: context }),
      { CiphertextBlob: Buffer.from("c") },
    );
    const sent = { KeyId: "k", Plaintext: Buffer.from("p"), EncryptionContext: { a: "b", c: "" } };
    const { CiphertextBlob } = await new KMSClient(client).send(new EncryptCommand(sent));
    expect(input()).toEqual(sent);
    expect(Buffer.from(CiphertextBlob ?? []).toString()).toBe("c");
  });

  it("in AWS Query", async () => {
    const { input, client } = answering(
      structure({ RoleName: string(), Tags: list(tag) }),
      undefined,
    );
    const sent = {
      RoleName: "r+ =&%/é",
      Tags: [
        { Key: "k", Value: "" },
        { Key: "l", Value: "v" },
      ],
    };
    await new IAMClient(client).send(new TagRoleCommand(sent));
    expect(input()).toEqual(sent);
  });
});

describe("what we reply is read by the SDK", () => {
  it("in AWS JSON", async () => {
    const output = {
      ARN: "arn",
      Name: "n",
      SecretString: '"\u2028é🔑',
      VersionStages: ["AWSCURRENT"],
      CreatedDate: new Date(1_523_477_145_713),
    };
    const { client } = answering(structure({}), output);
    const read = await new SecretsManagerClient(client).send(
      new GetSecretValueCommand({ SecretId: "n" }),
    );
    expect(read).toMatchObject(output);
    expect(read.$metadata.requestId).toBe("request-id");
  });

  it("with structures in lists", async () => {
    const output = {
      SecretList: [{ Name: "a", CreatedDate: when }, { Name: "b" }],
      NextToken: "t",
    };
    const { client } = answering(structure({ MaxResults: integer() }), output);
    const read = await new SecretsManagerClient(client).send(new ListSecretsCommand({}));
    expect(read).toMatchObject(output);
  });

  it("in AWS Query", async () => {
    const output = {
      Credentials: {
        AccessKeyId: "A",
        SecretAccessKey: "s/+=<&>",
        SessionToken: "t",
        Expiration: when,
      },
      AssumedRoleUser: { Arn: "arn", AssumedRoleId: "id" },
      PackedPolicySize: 6,
    };
    const { client } = answering(structure({ DurationSeconds: integer() }), output);
    const read = await new STSClient(client).send(
      new AssumeRoleCommand({ RoleArn: "r", RoleSessionName: "s", DurationSeconds: 900 }),
    );
    expect(read).toMatchObject(output);
    expect(read.$metadata.requestId).toBe("request-id");
  });

  it("with lists, empty ones too", async () => {
    const user = { Path: "/", UserName: "u", UserId: "i", Arn: "a\r\nb", CreateDate: when };
    const full = answering(structure({}), { Users: [user, user], IsTruncated: false });
    const read = await new IAMClient(full.client).send(new ListUsersCommand({}));
    expect(read).toMatchObject({ Users: [user, user], IsTruncated: false });
    const none = answering(structure({}), { Users: [], IsTruncated: false });
    expect((await new IAMClient(none.client).send(new ListUsersCommand({}))).Users).toEqual([]);
  });
});

describe("what we refuse is understood by the SDK", () => {
  it("as the model's error, with its message", async () => {
    const { client } = refusing(new ApiError("NotFoundException", "Alias 'a' is not found."));
    const refused = new KMSClient(client).send(
      new EncryptCommand({ KeyId: "k", Plaintext: Buffer.from("p") }),
    );
    await expect(refused).rejects.toBeInstanceOf(NotFoundException);
    await expect(refused).rejects.toThrow("Alias 'a' is not found.");
  });

  it("also where AWS sends no message", async () => {
    const { client } = refusing(new ApiError("ParameterNotFound", ""));
    await expect(
      new SSMClient(client).send(new GetParameterCommand({ Name: "/a" })),
    ).rejects.toBeInstanceOf(ParameterNotFound);
  });

  it("in AWS JSON with its status", async () => {
    const { client } = refusing(accessDenied("No <you> & I"));
    await expect(
      new SecretsManagerClient(client).send(new ListSecretsCommand({})),
    ).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: "No <you> & I",
      $metadata: { httpStatusCode: 400, requestId: "request-id" },
    });
  });

  it("in AWS Query with its status", async () => {
    const { client } = refusing(new ApiError("NoSuchEntity", "No <you> & I"));
    await expect(
      new IAMClient(client).send(new GetUserCommand({ UserName: "u" })),
    ).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: "No <you> & I",
      $metadata: { httpStatusCode: 404, requestId: "request-id" },
    });
  });
});

function service(
  name: string,
  protocol: "aws-json" | "aws-query",
  targetPrefixes: string[],
  version: string,
) {
  const names =
    "CreateSecret GetSecretValue ListSecrets Encrypt GetParameter AssumeRole GetUser ListUsers TagRole";
  return {
    name,
    protocol,
    targetPrefixes,
    version,
    xmlNamespace: `https://${name}.amazonaws.com/doc/${version}/`,
    operations: names.split(" ").map((operation) => ({ name: operation })),
  };
}

/** A client's configuration under which our wire layer answers in place of the network. */
function answering(shape: Shape<unknown>, output: WireOutput, refusal?: ApiError) {
  let input: unknown;
  const requestHandler = {
    metadata: { handlerProtocol: "http/1.1" },
    async handle(sent: {
      method: string;
      path: string;
      headers: Record<string, string>;
      body?: unknown;
    }) {
      const request = {
        method: sent.method,
        target: sent.path,
        headers: sent.headers,
        body: bytesOf(sent.body),
        sourceAddress: "127.0.0.1",
        isSecureTransport: false,
        problem: undefined,
      };
      const named = route(request);
      if (named.problem !== undefined) throw named.problem;
      input = validate(shape, decodeInput(named, request, shape));
      const { status, headers, body } =
        refusal === undefined
          ? encodeOutput(named, output, "request-id")
          : encodeError(named, refusal, "request-id");
      const received = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
      return {
        response: {
          statusCode: status,
          headers: Object.fromEntries(received),
          body: Buffer.from(body as string),
        },
      };
    },
  };
  const client = {
    region: "us-east-1",
    endpoint: "http://127.0.0.1:1",
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "example" },
    maxAttempts: 1,
    requestHandler: requestHandler as never,
  };
  return { client, input: () => input };
}

function bytesOf(body: unknown): Buffer {
  if (!(body instanceof Uint8Array)) return Buffer.from((body ?? "") as string);
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

function refusing(error: ApiError) {
  return answering(structure({}), undefined, error);
}
