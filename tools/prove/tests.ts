/** For claims that tests of the suite show: runs just those, at the claim's size. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { type ClaimRun, demand } from "./claim.ts";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Resolves with how many passed; ClaimFailed names the first that failed, or says that none ran. */
export async function passedTests(
  { root }: Pick<ClaimRun, "root">,
  files: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<number> {
  const vitest = spawn("vitest", ["run", "--reporter", "json", ...files], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [printed, [status]] = await Promise.all([text(vitest.stdout), once(vitest, "close")]);
  const report: Report = JSON.parse(printed.slice(printed.indexOf("{")));
  const failed = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find((test) => test.status === "failed");
  demand(failed === undefined && status === 0, `failed: ${failed?.fullName ?? "a test file"}`);
  demand(report.numPassedTests > 0, "no test ran");
  return report.numPassedTests;
}
