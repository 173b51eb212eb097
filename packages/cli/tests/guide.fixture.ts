/** Runs the shell blocks of the README and the guides, in order, as a newcomer would. */
import { execFile, execFileSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startVaultProcess, temporaryFolder } from "../../../tools/harness/vault-process.ts";

export const root = fileURLToPath(new URL("../../..", import.meta.url));

export function blocksOf(path: string, language = "sh"): string[] {
  const text = readFileSync(root + path, "utf8");
  const blocks = text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
  return Array.from(blocks).flatMap(([, of, block = ""]) => (of === language ? block : []));
}

/** What node is to be given for the TypeScript blocks of a guide, which are one program. */
export function programOf(path: string): string {
  const folder = temporaryFolder("guide-program");
  symlinkSync(`${root}node_modules`, `${folder}/node_modules`);
  writeFileSync(`${folder}/program.mts`, blocksOf(path, "ts").join("\n"));
  const extended = { extends: `${root}tsconfig.json`, include: ["program.mts"] };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(extended));
  execFileSync("tsc", ["--project", folder], { stdio: "inherit" });
  return `--conditions=@claviger/source ${folder}/program.mts`;
}

/** What the blocks print in one shell, in a folder and against a vault of their own. */
export async function run(blocks: readonly string[]): Promise<string> {
  const folder = guideFolder();
  const vault = await startVaultProcess({ root, dataDirectory: `${folder}/data` });
  try {
    return await runIn(folder, blocks, { CLAVIGER_DATA: vault.dataDirectory });
  } finally {
    await vault.stop();
  }
}

/** Where `npx` and `node_modules/.bin` find our command. */
export function guideFolder(): string {
  const folder = temporaryFolder("guide");
  symlinkSync(`${root}node_modules`, `${folder}/node_modules`);
  return folder;
}

/** What the blocks print in one shell, which has these variables beside our own. */
export async function runIn(
  folder: string,
  blocks: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const words = ["-euo", "pipefail", "-c", blocks.join("")];
  const { stdout } = await promisify(execFile)("bash", words, {
    cwd: folder,
    env: {
      ...process.env,
      ...variables,
      XDG_CONFIG_HOME: `${folder}/config`,
      AWS_CONFIG_FILE: `${folder}/aws-config`,
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    },
  });
  return stdout;
}

export function isInstalled(command: string): boolean {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
