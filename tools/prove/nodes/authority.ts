/**
 * Registers that are authority: a Deny put and taken away, an Allow taken back from a session, an
 * access key made and deleted, a KMS key disabled. The reader is whoever it concerns.
 */
import type { CreateAccessKeyCommandOutput } from "@aws-sdk/client-iam";
import { type AwsClients, asRoot, clientsOf, type Keys } from "../../harness/aws-clients.ts";
import { isOn, isRefusedWith, type MakeRegister } from "./register.ts";

const denied = /^AccessDenied/;

/** A user's inline policy allows, or denies. */
export const policy: MakeRegister = async (through, name) => {
  const { ssm, iam } = through;
  const Name = `/nodes/guarded/${name}`;
  const UserName = `guarded-${name}`;
  await ssm.putParameter({ Name, Value: "x", Type: "SecureString" });
  await iam.createUser({ UserName });
  const write = ({ iam }: AwsClients, number: number) =>
    iam.putUserPolicy({ UserName, PolicyName: "p", PolicyDocument: reading(Name, isOn(number)) });
  await write(through, 0);
  const clients = clientsOf(await newAccessKey(through, UserName));
  return {
    kind: "policy",
    name: UserName,
    write,
    read: (at) => clients(at).ssm.getParameter({ Name, WithDecryption: true }),
    shows: (answer, number) =>
      isOn(number) ? answer.kind === "ok" : isRefusedWith(answer, denied),
  };
};

/** A session lives on; the Allow of its role comes and goes. */
export const session: MakeRegister = async (through, name) => {
  const { secrets, iam, sts } = through;
  const SecretId = `nodes/of-session/${name}`;
  const RoleName = `session-${name}`;
  await secrets.createSecret({ Name: SecretId, SecretString: "x" });
  const trust = statement({ Principal: { AWS: "*" }, Action: "sts:AssumeRole" });
  const { Role } = await iam.createRole({ RoleName, AssumeRolePolicyDocument: trust });
  const PolicyName = "p";
  const PolicyDocument = statement({ Action: "secretsmanager:GetSecretValue", Resource: "*" });
  await iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument });
  const assumed = await sts.assumeRole({ RoleArn: Role?.Arn, RoleSessionName: "nodes" });
  const clients = clientsOf({
    accessKeyId: assumed.Credentials?.AccessKeyId ?? "",
    secretAccessKey: assumed.Credentials?.SecretAccessKey ?? "",
    sessionToken: assumed.Credentials?.SessionToken,
  });
  return {
    kind: "session",
    name: RoleName,
    write: ({ iam }, number) =>
      isOn(number)
        ? iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument })
        : iam.deleteRolePolicy({ RoleName, PolicyName }),
    read: (at) => clients(at).secrets.getSecretValue({ SecretId }),
    shows: (answer, number) =>
      isOn(number) ? answer.kind === "ok" : isRefusedWith(answer, denied),
  };
};

/** An access key is made, works everywhere, is deleted, and works nowhere. */
export const accessKey: MakeRegister = async (through, name) => {
  const UserName = `keyed-${name}`;
  await through.iam.createUser({ UserName });
  let keys = await newAccessKey(through, UserName);
  let clients = clientsOf(keys);
  return {
    kind: "access key",
    name: UserName,
    async write(at, number) {
      const AccessKeyId = keys.accessKeyId;
      if (!isOn(number)) return at.iam.deleteAccessKey({ UserName, AccessKeyId });
      const made = await at.iam.createAccessKey({ UserName });
      keys = keysIn(made);
      clients = clientsOf(keys);
      return made;
    },
    read: (at) => clients(at).sts.getCallerIdentity({}),
    shows: (answer, number) =>
      isOn(number) ? answer.kind === "ok" : isRefusedWith(answer, /^InvalidClientTokenId$/),
  };
};

export const kmsKey: MakeRegister = async ({ kms }, name) => {
  const { KeyMetadata } = await kms.createKey({ Description: name });
  const KeyId = KeyMetadata?.KeyId ?? "";
  const Plaintext = Buffer.from("nodes");
  return {
    kind: "KMS key",
    name: KeyId,
    write: ({ kms }, number) =>
      isOn(number) ? kms.enableKey({ KeyId }) : kms.disableKey({ KeyId }),
    read: (at) => asRoot(at).kms.encrypt({ KeyId, Plaintext }),
    shows: (answer, number) =>
      isOn(number) ? answer.kind === "ok" : isRefusedWith(answer, /^DisabledException$/),
  };
};

function reading(Name: string, isAllowed: boolean): string {
  const Resource = `arn:aws:ssm:*:*:parameter${Name}`;
  const allow = { Effect: "Allow", Action: "ssm:GetParameter", Resource };
  const Statement = isAllowed ? [allow] : [allow, { ...allow, Effect: "Deny" }];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

function statement(members: object): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", ...members } });
}

async function newAccessKey({ iam }: AwsClients, UserName: string): Promise<Keys> {
  return keysIn(await iam.createAccessKey({ UserName }));
}

function keysIn({ AccessKey }: CreateAccessKeyCommandOutput): Keys {
  return {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
}
