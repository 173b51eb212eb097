/** For claims that tests of the suite show: runs just those, at the claim's size. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../harness/vault-process.ts";
import { type ClaimRun, demand } from "./claim.ts";

interface Report {
  readonly numPassedTests: number;
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
  const report = join(temporaryFolder("tests"), "report.json");
  const vitest = spawn(
    "vitest",
    ["run", "--reporter", "json", "--outputFile.json", report, ...files],
    { cwd: root, env: { ...process.env, ...environment }, stdio: "ignore" },
  );
  const [status] = await once(vitest, "close");
  const { testResults, numPassedTests }: Report = JSON.parse(readFileSync(report, "utf8"));
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find((test) => test.status === "failed");
  demand(failed === undefined && status === 0, `failed: ${failed?.fullName ?? "a test file"}`);
  demand(numPassedTests > 0, "no test ran");
  return numPassedTests;
}
