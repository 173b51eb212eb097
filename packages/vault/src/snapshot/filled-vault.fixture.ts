/** For tests of snapshots: a vault with something of every kind that is sealed or refers to others. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { CreateGrantCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { rootKeySource } from "../encryption/root-keys/sources.ts";
import { startVault, type TestVault } from "../testing/index.ts";
import type { Place } from "./place.ts";
import type { SnapshotRecord } from "./records.ts";
import { readVault, recordsOf } from "./source.ts";
import { type Verified, verifyVault } from "./verify.ts";

export async function filledVault(): Promise<TestVault> {
  const vault = await startVault();
  const { client } = vault;
  const key = await new KMSClient(client).send(new CreateKeyCommand({}));
  const KeyId = key.KeyMetadata?.KeyId ?? "";
  const GranteePrincipal = `arn:aws:iam::${vault.accountId}:root`;
  await new KMSClient(client).send(
    new CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ["Decrypt"] }),
  );
  const secrets = new SecretsManagerClient(client);
  await secrets.send(
    new CreateSecretCommand({ Name: "db", SecretString: "first", KmsKeyId: KeyId }),
  );
  await secrets.send(new PutSecretValueCommand({ SecretId: "db", SecretString: "second" }));
  await secrets.send(new CreateSecretCommand({ Name: "other", SecretString: "third" }));
  await put(vault, "/shop/key", "one");
  await put(vault, "/shop/key", "two");
  const ssm = new SSMClient(client);
  await ssm.send(new PutParameterCommand({ Name: "/shop/port", Value: "8080", Type: "String" }));
  const iam = new IAMClient(client);
  const UserName = "alice";
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new CreateAccessKeyCommand({ UserName }));
  await iam.send(new CreateGroupCommand({ GroupName: "people" }));
  await iam.send(new AddUserToGroupCommand({ GroupName: "people", UserName }));
  const document = { Effect: "Allow", Action: "ssm:GetParameter", Resource: "*" };
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [document] });
  const made = await iam.send(new CreatePolicyCommand({ PolicyName: "reads", PolicyDocument }));
  const PolicyArn = made.Policy?.Arn;
  await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
  return vault;
}

export async function put({ client }: Pick<TestVault, "client">, Name: string, Value: string) {
  const input = { Name, Value, Type: "SecureString", Overwrite: true } as const;
  await new SSMClient(client).send(new PutParameterCommand(input));
}

export async function parameterValue({ client }: Pick<TestVault, "client">, Name: string) {
  const command = new GetParameterCommand({ Name, WithDecryption: true });
  return (await new SSMClient(client).send(command)).Parameter?.Value;
}

export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), "claviger-snapshot-"));
}

/** Everything in a place, byte by byte, without when it was read. */
export function everythingIn(place: Place): Promise<readonly unknown[]> {
  return readVault(place, async (source) => {
    const all: unknown[] = [];
    const made = { madeAt: 0, madeBy: "test" };
    for await (const record of recordsOf(place, source, made)) all.push(comparable(record));
    return all;
  });
}

function comparable(record: SnapshotRecord): unknown {
  if (record.type === "snapshot") return { ...record, auditPublicKey: undefined };
  if (record.type !== "row") return record;
  const { sealed, ...rest } = record;
  return { ...rest, sealed: sealed && Buffer.from(sealed).toString("hex") };
}

/** With the root key of the vault's folder. */
export function verified(place: Place, keyFolder: string): Promise<Verified> {
  const path = join(keyFolder, "root.key");
  return verifyVault(place, {
    rootKey: rootKeySource({ type: "file", path, isMadeIfMissing: false }, undefined),
    onProgress() {},
  });
}
