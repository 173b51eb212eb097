/**
 * What a read costs with everything on, against a bare server and moto_server in one run. The
 * bounds are this project's aims for the full size; the reduced one only runs long enough to tell
 * that nothing has gone far wrong.
 */
import { measureReads } from "../../bench/reads.ts";
import { type Claim, demand } from "../claim.ts";

const cpuRatioMax = 2.8;
const motoRatioMin = 30;
/** AWS's own quota of 10,000 GetSecretValue a second where the bare server reaches 30,000. */
const bareRatioMin = 10_000 / 30_000;

export const readSpeed: Claim = {
  name: "read-speed",
  says: `a signed, authorised, decrypted, durably audited read costs at most ${cpuRatioMax} times a bare reply`,
  async run({ root, isFull, print }) {
    const size = isFull ? { rounds: 5, secondsPerRound: 5 } : { rounds: 2, secondsPerRound: 3 };
    for (const { name, vault, bare, moto } of await measureReads(root, size)) {
      const cpuRatio = vault.cpuMicroseconds / bare.cpuMicroseconds;
      const bareRatio = vault.requestsPerSecond / bare.requestsPerSecond;
      const figures = `${vault.requestsPerSecond.toFixed(0)}/s beside ${bare.requestsPerSecond.toFixed(0)}/s bare`;
      print(`${name}: CPU ${cpuRatio.toFixed(2)} × bare; ${figures} (${bareRatio.toFixed(2)} ×)`);
      demand(
        cpuRatio <= cpuRatioMax,
        `${name} costs ${cpuRatio.toFixed(2)} times the bare server's`,
      );
      demand(
        bareRatio >= bareRatioMin,
        `${name} reaches ${bareRatio.toFixed(2)} of the bare server`,
      );
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
