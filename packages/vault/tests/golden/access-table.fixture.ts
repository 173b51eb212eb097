/**
 * The golden table: who of the sample organisation may do what with what, asked of a running vault
 * over its API, one real request for each cell.
 */
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { STS } from "@aws-sdk/client-sts";
import {
  account,
  environments,
  groups,
  people,
  policies,
  policyArn,
  roles,
  services,
} from "./organisation.ts";

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Connection {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}

/** Settles the organisation in an empty vault, as its account root, and asks for every cell. */
export async function accessTable(vault: Connection): Promise<string> {
  const root = clientsOf(vault);
  const asked = questions(root, await settle(root));
  const lines = legend(asked);
  for (const [name, caller] of await callers(vault, root)) {
    const columns = [name.padEnd(18)];
    for (const question of asked) columns.push(await answer(question, caller));
    lines.push(columns.join("  "));
    caller.destroy();
  }
  root.destroy();
  return `${lines.join("\n")}\n`;
}

type Clients = ReturnType<typeof clientsOf>;

function clientsOf(connection: Connection) {
  const configuration = { maxAttempts: 1, ...connection };
  const clients = {
    secrets: new SecretsManager(configuration),
    ssm: new SSM(configuration),
    kms: new KMS(configuration),
    iam: new IAM(configuration),
    sts: new STS(configuration),
    trail: new CloudTrail(configuration),
  };
  return {
    ...clients,
    destroy: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

const document = (Statement: unknown) => JSON.stringify({ Version: "2012-10-17", Statement });
const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Returns a ciphertext of each environment's key. */
async function settle({ iam, secrets, ssm, kms }: Clients) {
  for (const [PolicyName, statements] of Object.entries(policies)) {
    await iam.createPolicy({ PolicyName, PolicyDocument: document(statements) });
  }
  for (const [GroupName, attached] of Object.entries(groups)) {
    await iam.createGroup({ GroupName });
    for (const name of attached) {
      await iam.attachGroupPolicy({ GroupName, PolicyArn: policyArn(name) });
    }
  }
  for (const [UserName, person] of Object.entries(people)) {
    const PermissionsBoundary = policyArn("people-boundary");
    await iam.createUser({ UserName, PermissionsBoundary, Tags: tagList(person.tags) });
    for (const GroupName of person.groups) await iam.addUserToGroup({ GroupName, UserName });
  }
  for (const [RoleName, role] of Object.entries(roles)) {
    await iam.createRole({
      RoleName,
      AssumeRolePolicyDocument: document(role.trust),
      PermissionsBoundary: policyArn(role.boundary),
      Tags: tagList(role.tags),
    });
    for (const PolicyArn of role.policies) await iam.attachRolePolicy({ RoleName, PolicyArn });
  }
  const ciphertexts = new Map<string, Uint8Array | undefined>();
  for (const environment of environments) {
    const key = await kms.createKey({ Tags: [{ TagKey: "environment", TagValue: environment }] });
    const KeyId = key.KeyMetadata?.KeyId;
    const sealed = await kms.encrypt({ KeyId, Plaintext: Buffer.from("sample") });
    ciphertexts.set(environment, sealed.CiphertextBlob);
    for (const service of services) {
      const Tags = tagList({ environment, service });
      const secret = { SecretString: "sample", KmsKeyId: KeyId, Tags };
      await secrets.createSecret({ Name: secretOf(environment, service), ...secret });
      await ssm.putParameter({ Name: parameterOf(environment, service), ...sample });
    }
  }
  return ciphertexts;
}

const secretOf = (environment: string, service: string) => `${environment}/${service}/api-key`;
const parameterOf = (environment: string, service: string) =>
  `/shop/${environment}/${service}/token`;
const sample = { Value: "sample", Type: "SecureString", Overwrite: true } as const;

/** The people with their keys, then the roles. The glass is broken by whoever is on call. */
async function callers(vault: Connection, root: Clients) {
  const found = new Map<string, Clients>();
  for (const UserName of Object.keys(people)) {
    const { AccessKey } = await root.iam.createAccessKey({ UserName });
    const { AccessKeyId = "", SecretAccessKey = "" } = AccessKey ?? {};
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
    found.set(UserName, clientsOf({ ...vault, credentials }));
  }
  for (const RoleName of Object.keys(roles)) {
    const by = RoleName === "break-glass" ? (found.get("olga") ?? root) : root;
    const { Credentials } = await by.sts.assumeRole({ ...breakGlass, RoleArn: roleArn(RoleName) });
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
    const credentials = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    };
    found.set(RoleName, clientsOf({ ...vault, credentials }));
  }
  return found;
}

const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`;
const breakGlass = { RoleArn: roleArn("break-glass"), RoleSessionName: "access-table" };

type Ask = (caller: Clients) => Promise<unknown>;

interface Question {
  readonly action: string;
  /** In the order of the marks; a group of marks for each environment, or one for the account. */
  readonly groups: readonly (readonly Ask[])[];
}

function questions(root: Clients, ciphertexts: ReadonlyMap<string, Uint8Array | undefined>) {
  type AskOf = (environment: string, service: string) => Ask;
  const inAll = (action: string, ask: AskOf): Question => ({
    action,
    groups: environments.map((each) => services.map((service) => ask(each, service))),
  });
  const inEach = (action: string, ask: AskOf): Question => ({
    action,
    groups: [environments.map((each) => ask(each, "payments"))],
  });
  const once = (action: string, ask: Ask): Question => ({ action, groups: [[ask]] });
  return [
    inAll("secretsmanager:GetSecretValue", (environment, service) => ({ secrets }) => {
      return secrets.getSecretValue({ SecretId: secretOf(environment, service) });
    }),
    inAll("ssm:GetParameter", (environment, service) => ({ ssm }) => {
      return ssm.getParameter({ Name: parameterOf(environment, service), WithDecryption: true });
    }),
    inEach("secretsmanager:DescribeSecret", (environment, service) => ({ secrets }) => {
      return secrets.describeSecret({ SecretId: secretOf(environment, service) });
    }),
    inEach("secretsmanager:PutSecretValue", (environment, service) => ({ secrets }) => {
      const SecretId = secretOf(environment, service);
      return secrets.putSecretValue({ SecretId, SecretString: "another sample" });
    }),
    inEach("secretsmanager:DeleteSecret", (environment, service) => async ({ secrets }) => {
      const SecretId = secretOf(environment, service);
      await secrets.deleteSecret({ SecretId, RecoveryWindowInDays: 7 });
      await root.secrets.restoreSecret({ SecretId });
    }),
    inEach("ssm:GetParametersByPath", (environment, service) => ({ ssm }) => {
      return ssm.getParametersByPath({ Path: `/shop/${environment}/${service}`, Recursive: true });
    }),
    inEach("ssm:PutParameter", (environment, service) => ({ ssm }) => {
      return ssm.putParameter({ Name: parameterOf(environment, service), ...sample });
    }),
    inEach("kms:Decrypt, not through a service", (environment) => ({ kms }) => {
      return kms.decrypt({ CiphertextBlob: ciphertexts.get(environment) });
    }),
    once("secretsmanager:ListSecrets", ({ secrets }) => secrets.listSecrets({})),
    once("ssm:DescribeParameters", ({ ssm }) => ssm.describeParameters({})),
    once("cloudtrail:LookupEvents", ({ trail }) => trail.lookupEvents({})),
    once("iam:ListRoles", ({ iam }) => iam.listRoles({})),
    once("iam:PutRolePolicy", ({ iam }) => {
      const PolicyDocument = document({ Effect: "Allow", Action: "*", Resource: "*" });
      return iam.putRolePolicy({ RoleName: "dev-mailer", PolicyName: "more", PolicyDocument });
    }),
    once("sts:AssumeRole of break-glass", ({ sts }) => sts.assumeRole(breakGlass)),
  ];
}

async function answer({ groups: asked }: Question, caller: Clients): Promise<string> {
  const marks: string[] = [];
  for (const group of asked) {
    let mark = "";
    for (const ask of group) mark += (await isAllowed(ask(caller))) ? "✔" : "✘";
    marks.push(mark);
  }
  return marks.join(" ");
}

/** Only a denial is one: whatever else is wrong with a request is the table's own fault. */
async function isAllowed(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    const { name } = error as Error;
    if (name !== "AccessDenied" && name !== "AccessDeniedException") throw error;
    return false;
  }
}

function legend(asked: readonly Question[]): string[] {
  const column = (at: number) => String.fromCharCode("A".charCodeAt(0) + at);
  const widths = asked.map(({ groups: marks }) => marks.flat().length + marks.length - 1);
  const heading = widths.map((width, at) => column(at).padEnd(width)).join("  ");
  return [
    "Who may do what in the sample organisation (organisation.ts)",
    "",
    ...asked.map(({ action }, at) => `  ${column(at)}  ${action}`),
    "",
    `Three times five marks: in ${inWords(environments)}, what belongs to ${inWords(services)}.`,
    "Three marks: what belongs to payments in each environment. One mark: in the account.",
    "",
    `${" ".repeat(20)}${heading}`.trimEnd(),
  ];
}

function inWords(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
