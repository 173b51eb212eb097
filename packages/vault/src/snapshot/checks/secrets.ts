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
  rowCheck,
  sealProblems,
} from "./checked-vault.ts";

const secrets = rowCheck({
  what: "secrets",
  table: secretTable,
  async problemsOf(vault, row) {
    const { body } = row;
    const versionIds = new Set<string>();
    for await (const version of checkedRows(vault, versionTable, versionsPrefix(body))) {
      versionIds.add(version.body.versionId);
    }
    const missing = Object.entries(body.stages).filter(([, id]) => !versionIds.has(id));
    const counted = `it has ${versionIds.size} versions and counts ${body.versionCount}`;
    return [
      ...placeProblems(row, putSecret(body, "absent")),
      ...missing.map(([stage]) => `its version with the label ${stage} is missing`),
      ...problemIf(versionIds.size !== body.versionCount, counted),
      ...(await replicaProblems(vault, body)),
    ];
  },
});

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

const versions = rowCheck({
  what: "secret versions",
  table: versionTable,
  async problemsOf(vault, row) {
    const secretRow = row.key.slice(0, row.key.indexOf(":"));
    const secret = await checkedRow(vault, secretTable, secretRow);
    return secret !== undefined && row.key === versionKey(secret.body, row.body.versionId)
      ? versionProblems(vault, secret.body, row)
      : ["its secret is missing"];
  },
});

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
