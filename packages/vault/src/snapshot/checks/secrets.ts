/** Secrets and their versions. */
import {
  encryptionContext,
  inRegion,
  putSecret,
  putVersion,
  type SecretRecord,
  secretKey,
  secretTable,
  type VersionRecord,
  versionKey,
  versionsPrefix,
  versionTable,
} from "../../secrets/records.ts";
import {
  type Check,
  type CheckedRow,
  type CheckedVault,
  checkedRow,
  checkedRows,
  keyGone,
  keyOf,
  placeProblems,
  problemIf,
  sealProblems,
} from "./checked-vault.ts";

const secrets: Check = {
  what: "secrets",
  async *run(vault) {
    for await (const row of checkedRows(vault, secretTable)) {
      const { body } = row;
      const versionIds = new Set<string>();
      for await (const version of checkedRows(vault, versionTable, versionsPrefix(body))) {
        versionIds.add(version.body.versionId);
      }
      const missing = Object.entries(body.stages).filter(([, id]) => !versionIds.has(id));
      yield {
        name: body.arn,
        problems: [
          ...placeProblems(row, putSecret(body, "absent")),
          ...missing.map(([stage]) => `its version with the label ${stage} is missing`),
          ...problemIf(
            versionIds.size !== body.versionCount,
            `it has ${versionIds.size} versions and counts ${body.versionCount}`,
          ),
          ...(await replicaProblems(vault, body)),
        ],
      };
    }
  },
};

async function replicaProblems(
  vault: CheckedVault,
  { arn, accountId, name, replicas = [] }: SecretRecord,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { region, status } of replicas) {
    if (status === "Failed") continue;
    const replica = await checkedRow(vault, secretTable, secretKey({ accountId, region }, name));
    const isThere = replica?.body.arn === inRegion(arn, region);
    problems.push(...problemIf(!isThere, `its replica in ${region} is missing`));
  }
  return problems;
}

const versions: Check = {
  what: "secret versions",
  async *run(vault) {
    let secret: CheckedRow<SecretRecord> | undefined;
    for await (const row of checkedRows(vault, versionTable)) {
      // The versions of a secret follow one another.
      if (secret === undefined || !row.key.startsWith(versionsPrefix(secret.body))) {
        secret = await checkedRow(vault, secretTable, row.key.slice(0, row.key.indexOf(":")));
      }
      const problems =
        secret !== undefined && row.key === versionKey(secret.body, row.body.versionId)
          ? await versionProblems(vault, secret.body, row)
          : ["its secret is missing"];
      yield { name: row.key, problems };
    }
  },
};

export const secretChecks: readonly Check[] = [secrets, versions];

async function versionProblems(
  vault: CheckedVault,
  secret: SecretRecord,
  row: CheckedRow<VersionRecord>,
): Promise<readonly string[]> {
  const { body, sealed } = row;
  if (sealed === null) return ["its value is missing"];
  const place = placeProblems(row, putVersion(secret, { body, sealed, replaces: "absent" }));
  const key = await keyOf(vault, body.keyArn);
  if (key === undefined) return [...place, keyGone(body.keyArn)];
  const context = encryptionContext(secret.arn, body.versionId);
  const seal = await sealProblems(() =>
    vault.proofs.isInEnvelope(key, sealed, context, body.fingerprint),
  );
  return [...place, ...seal];
}
