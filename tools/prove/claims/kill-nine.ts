/**
 * `kill -9` at random moments under eight writers, on both databases: nothing acknowledged is lost
 * or without its audit event, nothing is half-written, and the audit chains are whole.
 */
import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { demandAllAudited, demandAllThere, Writers } from "../../harness/acknowledged-writes.ts";
import { makeCluster } from "../../harness/cluster.ts";
import {
  cleanEnvironment,
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../harness/vault-process.ts";
import { type Claim, type ClaimRun, demand } from "../claim.ts";

const rounds = { reduced: 4, full: 250 };

/** The chain is walked from its beginning, which grows with every round. */
const roundsPerLook = 25;

export const killNine: Claim = {
  name: "kill-nine",
  says: "after kill -9 under eight writers every acknowledged write is there, with its audit event, on SQLite and on PostgreSQL",
  async run(run) {
    const roundsMax = run.isFull ? rounds.full : rounds.reduced;
    await killEmbedded(run, roundsMax);
    await killNodes(run, roundsMax);
  },
};

async function killEmbedded({ root, print }: ClaimRun, roundsMax: number): Promise<void> {
  const dataDirectory = join(temporaryFolder("kill-nine"), "data");
  const start = () => startVaultProcess({ root, dataDirectory });
  const sum = new Sum();
  let vault = await start();
  try {
    for (let round = 1; round <= roundsMax; round++) {
      vault = await sum.round(`sqlite/${round}`, vault, start);
      if (round % roundsPerLook === 0) verifiedEvents(root, dataDirectory);
    }
  } finally {
    await vault.stop();
  }
  const events = verifiedEvents(root, dataDirectory);
  print(`SQLite: ${roundsMax} kills; ${sum.text(roundsMax)}; a whole chain of ${events} events`);
}

/** One of two nodes is killed while it writes; what it acknowledged is looked for on the other. */
async function killNodes({ root, print }: ClaimRun, roundsMax: number): Promise<void> {
  const cluster = await makeCluster({ root, nodes: 2 });
  try {
    await cluster.startAll();
    const sum = new Sum();
    for (let round = 1; round <= roundsMax; round++) {
      const [killed, other] = round % 2 ? cluster.nodes : cluster.nodes.toReversed();
      if (killed === undefined || other === undefined) throw new Error("there are two nodes");
      await sum.round(`postgres/${round}`, killed.vault, async () => other.vault);
      await killed.kill();
      await killed.start();
    }
    await Promise.all(cluster.nodes.map((node) => node.stop()));
    const folder = cluster.nodes[0]?.dataDirectory ?? "";
    const events = verifiedEvents(root, folder, { CLAVIGER_DATABASE: cluster.database });
    print(
      `PostgreSQL: ${roundsMax} kills of one of two nodes; ${sum.text(roundsMax)}, on the other node; ` +
        `whole chains of ${events} events`,
    );
  } finally {
    await cluster.stop();
  }
}

/** How many there are in chains that are whole; throws where `claviger audit verify` fails. */
function verifiedEvents(
  root: string,
  dataDirectory: string,
  environment: Readonly<Record<string, string>> = {},
): number {
  const command = join(root, "packages/cli/bin/claviger");
  const words = ["audit", "verify", "--data", dataDirectory, "--format", "json"];
  const env = { ...cleanEnvironment(), ...environment };
  const { events, chains }: Verified = JSON.parse(execFileSync(command, words, { env }).toString());
  // A node signs the head of its chain each minute and when it stops.
  const isSigned = chains.some(({ signedUpTo }) => signedUpTo > 0);
  demand(isSigned, "no head of an audit chain is signed");
  return events;
}

interface Verified {
  readonly events: number;
  readonly chains: readonly { readonly signedUpTo: number }[];
}

/** On average before a kill: on a busy machine one comes now and then before the first. */
const acknowledgedMin = 8;

class Sum {
  #acknowledged = 0;
  #cut = 0;

  /** For so many kills. Throws where hardly anything was acknowledged that could have been lost. */
  text(kills: number): string {
    demand(
      this.#acknowledged >= kills * acknowledgedMin,
      `only ${this.#acknowledged} writes were acknowledged before ${kills} kills`,
    );
    return (
      `${this.#acknowledged} acknowledged writes found, each with its audit event; ` +
      `${this.#cut} were cut off, each is there whole or not at all`
    );
  }

  /** Kills the vault under writers and returns the next one, in which all that it acknowledged is. */
  async round(
    prefix: string,
    vault: VaultProcess,
    startNext: () => Promise<VaultProcess>,
  ): Promise<VaultProcess> {
    const since = new Date(Date.now() - 1000);
    const writers = new Writers(vault.environment, `kill-nine/${prefix}`);
    await sleep(randomInt(150, 900));
    await vault.kill();
    await writers.stop();
    const next = await startNext();
    await demandAllThere(next.environment, writers);
    await demandAllAudited(next.environment, writers, since);
    this.#acknowledged += writers.acknowledged.length;
    this.#cut += writers.cut.filter(({ failure }) => failure !== "ECONNREFUSED").length;
    return next;
  }
}
