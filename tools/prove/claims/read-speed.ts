/**
 * What a read costs with everything on, against a bare server and moto_server in one run. The
 * project's aim is twice the CPU of a bare reply: it is not reached, and the report says by how much.
 * What is claimed is what holds.
 */
import { operationCalled } from "../../bench/operations.ts";
import { withSubjects } from "../../bench/subjects.ts";
import { measureOperation } from "../../bench/throughput.ts";
import { startOidcIssuer } from "../../harness/oidc-issuer.ts";
import { type Claim, demand } from "../claim.ts";

const cpuRatioAim = 2;
const cpuRatioMax = 5;
/** CI's machines are noisy and its runs short: there it only tells that nothing went far wrong. */
const leeway = { full: 1, reduced: 2 };
const motoRatioMin = 30;
/** AWS's own quota of GetSecretValue, where the machine's bare server reaches 30,000. */
const awsQuotaPerSecond = 10_000;
const bareMin = 30_000;

export const readSpeed: Claim = {
  name: "read-speed",
  says: `a signed, authorised, decrypted, durably audited read costs at most ${cpuRatioMax} times the CPU of a bare reply`,
  isMeasured: true,
  async run({ root, isFull, print }) {
    const spare = isFull ? leeway.full : leeway.reduced;
    const size = isFull ? { rounds: 5, secondsPerRound: 5 } : { rounds: 3, secondsPerRound: 2 };
    print(
      `demanded here: at most ${cpuRatioMax * spare} times, and ${awsQuotaPerSecond / spare}/s`,
    );
    const issuer = await startOidcIssuer();
    const reports = await withSubjects(
      root,
      { databases: ["SQLite"], hasMoto: true },
      issuer,
      async (vaults, moto) => [
        await measureOperation(operationCalled("GetSecretValue"), vaults, moto, size),
        await measureOperation(operationCalled("GetParameter"), vaults, moto, size),
      ],
    ).finally(issuer.close);
    for (const { operation, bare, subjects } of reports) {
      const [vault, moto] = subjects.map(({ measured }) => measured);
      if (vault === undefined) throw new Error("no vault was measured");
      const { name } = operation;
      const cpuRatio = vault.cpuMicroseconds / bare.cpuMicroseconds;
      const rates = `${vault.requestsPerSecond.toFixed(0)}/s beside ${bare.requestsPerSecond.toFixed(0)}/s bare`;
      print(`${name}: CPU ${cpuRatio.toFixed(2)} × bare (the aim is ${cpuRatioAim}); ${rates}`);
      demand(
        cpuRatio <= cpuRatioMax * spare,
        `${name} costs ${cpuRatio.toFixed(2)} times the bare server's`,
      );
      if (bare.requestsPerSecond >= bareMin) {
        const isAboveQuota = vault.requestsPerSecond > awsQuotaPerSecond / spare;
        demand(isAboveQuota, `${name}: ${rates}, where AWS's quota is ${awsQuotaPerSecond}/s`);
      }
      if (moto === undefined) {
        print("moto_server is not installed here: not compared");
        continue;
      }
      const motoRatio = vault.requestsPerSecond / moto.requestsPerSecond;
      print(`${name}: ${motoRatio.toFixed(0)} × moto_server's throughput`);
      demand(motoRatio >= motoRatioMin, `${name} is only ${motoRatio.toFixed(0)} × moto_server`);
    }
  },
};
