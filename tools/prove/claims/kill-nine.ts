/**
 * `kill -9` at random moments under eight writers: nothing acknowledged is lost or without its
 * audit event, nothing is half-written, and the audit chain is whole.
 */
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudTrailClient, paginateLookupEvents } from "@aws-sdk/client-cloudtrail";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { auditPublicKeyPath, verifyTrailAt } from "@claviger/vault";
import {
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../harness/vault-process.ts";
import { type Claim, demand } from "../claim.ts";
import { clientConfiguration } from "../client-configuration.ts";

const writers = 8;
const rounds = { reduced: 5, full: 50 };

/** A write as its writer saw it end. */
interface Write {
  readonly kind: "parameter" | "secret";
  readonly name: string;
  /** Grows by one with each write to a name; the value says it too. */
  readonly turn: number;
  readonly isAcknowledged: boolean;
  readonly requestId: string | undefined;
  readonly versionId: string | undefined;
}

export const killNine: Claim = {
  name: "kill-nine",
  says: "after kill -9 under eight writers every acknowledged write is there, with its audit event",
  async run({ root, isFull, print }) {
    const dataDirectory = join(temporaryFolder("kill-nine"), "data");
    const roundsMax = isFull ? rounds.full : rounds.reduced;
    let acknowledged = 0;
    let unanswered = 0;
    for (let round = 1; round <= roundsMax; round++) {
      const since = new Date(Date.now() - 1000);
      const vault = await startVaultProcess({ root, dataDirectory });
      const writing = Array.from({ length: writers }, (_, writer) => write(vault, round, writer));
      await sleep(randomInt(150, 900));
      await vault.kill();
      const writes = (await Promise.all(writing)).flat();
      const restarted = await startVaultProcess({ root, dataDirectory });
      try {
        const kept = writes.filter(({ isAcknowledged }) => isAcknowledged);
        acknowledged += kept.length;
        unanswered += writes.length - kept.length;
        await demandAllThere(restarted, writes);
        await demandAllAudited(restarted, kept, since);
      } finally {
        await restarted.stop();
      }
      const { broken, events, chains } = await verifyTrailAt(
        { type: "folder", directory: dataDirectory },
        readFileSync(auditPublicKeyPath(dataDirectory), "utf8"),
      );
      demand(broken === undefined, `audit group ${broken?.group} is broken: ${broken?.reason}`);
      const isSigned = chains.every(({ signedUpTo }) => signedUpTo > 0);
      demand(isSigned, "no head of the audit chain is signed");
      print(`round ${round}: ${writes.length} writes; a whole chain of ${events} events`);
    }
    demand(acknowledged >= roundsMax * writers, `only ${acknowledged} writes were acknowledged`);
    print(
      `${acknowledged} acknowledged writes found, each with its audit event; none half-written`,
    );
    print(`${unanswered} writes were cut off by the kill: each is there whole, or not at all`);
  },
};

function clients({ environment }: VaultProcess) {
  const configuration = clientConfiguration(environment);
  return {
    ssm: new SSMClient(configuration),
    secrets: new SecretsManagerClient(configuration),
    trail: new CloudTrailClient(configuration),
  };
}

// Fewer than the 100 versions that a parameter keeps.
const turnsMax = 50;

/** Writes name after name, each again and again, until the vault is gone. */
async function write(vault: VaultProcess, round: number, writer: number): Promise<Write[]> {
  const { ssm, secrets } = clients(vault);
  const kind = writer % 2 === 0 ? "parameter" : "secret";
  const writes: Write[] = [];
  for (let count = 0; ; count++) {
    const name = `/kill-nine/${round}/${writer}/${Math.floor(count / turnsMax)}`;
    const turn = (count % turnsMax) + 1;
    const value = valueAt(name, turn);
    try {
      const reply =
        kind === "parameter"
          ? await ssm.send(
              new PutParameterCommand({
                Name: name,
                Value: value,
                Type: "SecureString",
                Overwrite: turn > 1,
              }),
            )
          : turn === 1
            ? await secrets.send(new CreateSecretCommand({ Name: name, SecretString: value }))
            : await secrets.send(
                new PutSecretValueCommand({ SecretId: name, SecretString: value }),
              );
      const versionId = "VersionId" in reply ? reply.VersionId : undefined;
      const { requestId } = reply.$metadata;
      writes.push({ kind, name, turn, isAcknowledged: true, requestId, versionId });
    } catch {
      const ended = { isAcknowledged: false, requestId: undefined, versionId: undefined };
      return [...writes, { kind, name, turn, ...ended }];
    }
  }
}

function valueAt(name: string, turn: number): string {
  return `value of ${name} at turn ${turn}`;
}

/** Every acknowledged version opens to its value; the newest is the last acknowledged or later. */
async function demandAllThere(vault: VaultProcess, writes: readonly Write[]): Promise<void> {
  const { ssm, secrets } = clients(vault);
  for (const write of writes.filter(({ isAcknowledged }) => isAcknowledged)) {
    const found =
      write.kind === "parameter"
        ? (
            await ssm.send(
              new GetParameterCommand({
                Name: `${write.name}:${write.turn}`,
                WithDecryption: true,
              }),
            )
          ).Parameter?.Value
        : (
            await secrets.send(
              new GetSecretValueCommand({ SecretId: write.name, VersionId: write.versionId }),
            )
          ).SecretString;
    demand(found === valueAt(write.name, write.turn), `${write.name} turn ${write.turn} is lost`);
  }
  for (const cut of writes.filter(({ isAcknowledged, turn }) => !isAcknowledged && turn > 1)) {
    const newest =
      cut.kind === "parameter"
        ? (await ssm.send(new GetParameterCommand({ Name: cut.name, WithDecryption: true })))
            .Parameter?.Value
        : (await secrets.send(new GetSecretValueCommand({ SecretId: cut.name }))).SecretString;
    const isWhole = [cut.turn - 1, cut.turn].some((turn) => newest === valueAt(cut.name, turn));
    demand(isWhole, `${cut.name} is neither as it was before the cut write nor after it`);
  }
}

/** LookupEvents finds each acknowledged write's event by its request id. */
async function demandAllAudited(
  vault: VaultProcess,
  kept: readonly Write[],
  since: Date,
): Promise<void> {
  const missing = new Set(kept.map(({ requestId }) => requestId));
  for (const operation of ["PutParameter", "CreateSecret", "PutSecretValue"]) {
    const pages = paginateLookupEvents(
      { client: clients(vault).trail },
      {
        StartTime: since,
        LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: operation }],
      },
    );
    for await (const { Events = [] } of pages) {
      for (const { CloudTrailEvent = "{}" } of Events) {
        missing.delete(JSON.parse(CloudTrailEvent).requestID);
      }
    }
  }
  demand(missing.size === 0, `${missing.size} acknowledged writes have no audit event`);
}
