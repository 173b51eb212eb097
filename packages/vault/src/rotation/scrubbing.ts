/**
 * What a rotator says of a failure, without the values that the secret has: people are to read it,
 * in the trail and in notices. What can't be compared with the values is withheld.
 */
import { authorize } from "../authorization/authorize.ts";
import { type CompiledPolicy, compilePolicy } from "../authorization/compile.ts";
import { keySource } from "../authorization/request-context.ts";
import type { Principal } from "../authorization/types.ts";
import type { Clock } from "../clock.ts";
import { ApiError } from "../errors.ts";
import type { KeyResource, Keys } from "../keys/keys.ts";
import {
  encryptionContext,
  type SecretRecord,
  secretKey,
  secretTable,
  type VersionRecord,
  versionKey,
  versionTable,
} from "../secrets/records.ts";
import { openVersion } from "../secrets/sealing.ts";
import type { Row, Storage } from "../storage/storage.ts";
import { circumstances } from "./service-principal.ts";

export interface ScrubbingParts {
  readonly storage: Storage;
  readonly keys: Keys;
  readonly clock: Clock;
}

/** What is shorter is in every other sentence. */
const valueCharactersMin = 4;
const withheld =
  "Its words are withheld, since the secret's values can't be opened to look for them";

/** Of labelled versions and of those named. Cut off last: half a value would not be found. */
export async function withoutValues(
  parts: ScrubbingParts,
  text: string,
  secret: SecretRecord,
  versionIds: readonly string[],
  charactersMax = 300,
): Promise<string> {
  const latest = await parts.storage.get(secretTable, secretKey(secret, secret.name));
  const { stages } = latest?.body ?? secret;
  const ids = new Set([...Object.values(stages), ...versionIds]);
  const keys = [...ids].map((id) => versionKey(secret, id));
  const rows = await parts.storage.getMany(versionTable, keys);
  let scrubbed = text;
  try {
    for (const row of rows) {
      if (row === undefined) continue;
      for (const value of await valuesOf(parts, secret, row)) {
        scrubbed = scrubbed.replaceAll(value, "***");
      }
    }
  } catch (error) {
    if (error instanceof ApiError) return withheld;
    throw error;
  }
  return scrubbed.slice(0, charactersMax);
}

/** The longest first: one may be in another. */
async function valuesOf(
  parts: ScrubbingParts,
  secret: SecretRecord,
  row: Row<VersionRecord>,
): Promise<readonly string[]> {
  const permit = await permitToOpen(parts, secret, row.body);
  const value = await openVersion(parts.keys, secret.arn, row, permit);
  const text = value.form === "string" ? value.text : Buffer.from(value.bytes).toString("utf8");
  const found = [text, ...textsIn(text)].filter(({ length }) => length >= valueCharactersMin);
  const spelled = found.flatMap((each) => [
    each,
    JSON.stringify(each).slice(1, -1),
    encodeURIComponent(each.toWellFormed()),
    Buffer.from(each).toString("base64"),
  ]);
  return [...new Set(spelled)].sort((one, other) => other.length - one.length);
}

/** Every text within a value that is JSON. */
function textsIn(text: string): string[] {
  const found: string[] = [];
  try {
    JSON.parse(text, (_, value) => {
      if (typeof value === "string" || typeof value === "number") found.push(String(value));
    });
  } catch {
    // It is no JSON: a value of one piece.
  }
  return found;
}

async function permitToOpen(
  { keys, clock }: ScrubbingParts,
  { arn, accountId, region }: SecretRecord,
  { keyArn, versionId }: VersionRecord,
) {
  const key: KeyResource = await keys.locate({ accountId, region }, keyArn);
  const context = encryptionContext(arn, versionId);
  const conditions = keySource({
    "kms:ViaService": `secretsmanager.${region}.amazonaws.com`,
    "kms:CallerAccount": accountId,
    "kms:EncryptionContextKeys": Object.keys(context),
    "kms:EncryptionContext:SecretARN": context.SecretARN,
    "kms:EncryptionContext:SecretVersionId": context.SecretVersionId,
  });
  const role = serviceLinkedRole(accountId);
  return authorize(role, "kms:Decrypt", key, circumstances(clock.now(), region), conditions);
}

/** As whom the service looks at values of an account: a key's policy may shut it out. */
function serviceLinkedRole(accountId: string): Principal {
  const name = "AWSServiceRoleForSecretsManagerRotation";
  const path = "aws-service-role/secretsmanager.amazonaws.com";
  return {
    type: "AssumedRole",
    arn: `arn:aws:sts::${accountId}:assumed-role/${name}/rotation`,
    accountId,
    principalId: `${name}:rotation`,
    userName: undefined,
    roleArn: `arn:aws:iam::${accountId}:role/${path}/${name}`,
    tags: {},
    policies: [decryptingForSecretsManager()],
    boundary: undefined,
    sessionPolicies: [],
    tokenIssuedAt: undefined,
    organizationId: undefined,
    sessionKeys: {},
  };
}

let compiled: CompiledPolicy | undefined;

function decryptingForSecretsManager(): CompiledPolicy {
  compiled ??= compilePolicy(
    JSON.stringify({
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: "*",
        Condition: { StringLike: { "kms:ViaService": "secretsmanager.*.amazonaws.com" } },
      },
    }),
    "identity",
  );
  return compiled;
}
