/** Lists the versions of a secret, oldest first, in pages. */
import { ApiError } from "../../errors.ts";
import { labelsOf } from "../../secrets/versions.ts";
import { boolean, integer, required, string, structure } from "../../shapes/shapes.ts";
import { type Call, operation } from "../operation.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import { dateOf, unlessEmpty } from "./description.ts";
import { secretId } from "./members.ts";

const maxResultsDefault = 100;

export const listSecretVersionIds = operation({
  name: "ListSecretVersionIds",
  isReadOnly: true,
  input: structure({
    SecretId: required(secretId),
    MaxResults: integer({ min: 1, max: 100 }),
    NextToken: string({ min: 1, max: 4096 }),
    IncludeDeprecated: boolean(),
  }),
  async permit({ SecretId }, call) {
    const secret = await call.vault.secrets.locate(call.scope, SecretId);
    return authorizeSecret(call, "secretsmanager:ListSecretVersionIds", secret);
  },
  async run({ MaxResults, NextToken, IncludeDeprecated }, permit, call) {
    const { secrets } = call.vault;
    const { arn, name, stages, versionAccessDates = {} } = secrets.describe(permit);
    const { versions, nextToken } = await secrets.listVersions(permit, {
      isDeprecatedIncluded: IncludeDeprecated ?? false,
      maxResults: MaxResults ?? maxResultsDefault,
      nextToken: NextToken,
    });
    const keyIds = new Map<string, string>();
    for (const { keyArn } of versions) {
      if (!keyIds.has(keyArn)) keyIds.set(keyArn, await shownKey(call, keyArn));
    }
    return {
      Versions: versions.map(({ versionId, createdDate, keyArn }) => ({
        VersionId: versionId,
        VersionStages: unlessEmpty(labelsOf(stages, versionId)),
        LastAccessedDate: dateOf(versionAccessDates[versionId]),
        CreatedDate: new Date(createdDate),
        KmsKeyIds: [keyIds.get(keyArn)],
      })),
      NextToken: nextToken,
      ARN: arn,
      Name: name,
    };
  },
});

/** The AWS managed key has a name of its own here. */
async function shownKey({ vault, scope }: Call, keyArn: string): Promise<string> {
  try {
    const { record } = await vault.keys.locate(scope, keyArn);
    return record.manager === "AWS" ? "DefaultEncryptionKey" : keyArn;
  } catch (error) {
    if (error instanceof ApiError) return keyArn;
    throw error;
  }
}
