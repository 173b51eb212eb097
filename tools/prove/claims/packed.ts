/**
 * What would be published installs without a script or a compiler, and serves on the oldest Node
 * that it declares.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { SSM } from "@aws-sdk/client-ssm";
import { cleanEnvironment, temporaryFolder } from "../../harness/vault-process.ts";
import { type Claim, demand } from "../claim.ts";

const oldestNode = "22.13.0";
/** The npm package that carries Node's binary for this machine. */
const nodePackage = `node-${process.platform}-${process.arch}`;

export const packed: Claim = {
  name: "packed",
  says: `the packed packages install without scripts and serve on Node ${oldestNode}`,
  async run({ root, print }) {
    const folder = temporaryFolder("packed");
    const quiet = ["--loglevel=error", "--no-audit", "--no-fund"];
    const npm = (words: string[], cwd: string) =>
      execFileSync("npm", [...words, ...quiet], { cwd, stdio: ["ignore", "ignore", "inherit"] });

    npm(["run", "build"], root);
    for (const name of ["vault", "client", "agent", "rotators", "cli"]) {
      npm(["pack", "--pack-destination", folder], join(root, "packages", name));
    }
    const tarballs = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
    const installed = join(folder, "installed");
    mkdirSync(installed);
    writeFileSync(join(installed, "package.json"), '{ "private": true }');
    const wanted = [...tarballs.map((name) => join(folder, name)), `${nodePackage}@${oldestNode}`];
    npm(["install", "--ignore-scripts", ...wanted], installed);
    const lock = readFileSync(join(installed, "package-lock.json"), "utf8");
    demand(!lock.includes("hasInstallScript"), "a package wants to run an install script");
    const count = Object.keys(JSON.parse(lock).packages).length - 1;
    print(`${tarballs.join(", ")}: ${count} packages installed, no install script`);

    const bin = join(installed, "node_modules/.bin");
    const environment = { ...cleanEnvironment() };
    environment.PATH = [bin, environment.PATH].join(delimiter);
    const said = execFileSync("node", ["--version"], { env: environment, encoding: "utf8" });
    await showServing(join(bin, "claviger"), join(folder, "data"), environment);
    print(`claviger server kept and gave back a SecureString on Node ${said.trim()}`);
  },
};

async function showServing(
  claviger: string,
  data: string,
  env: Record<string, string>,
): Promise<void> {
  const vault = spawn(claviger, ["server", "--port", "0", "--data", data], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(vault, "exit");
  try {
    for await (const line of createInterface({ input: vault.stdout })) {
      if (line.includes("Ctrl-C")) break;
    }
    demand(vault.exitCode === null, "the packed vault ended before it served");
    const printed = execFileSync(claviger, ["env", "--format", "json", "--data", data], { env });
    const given = JSON.parse(printed.toString());
    const ssm = new SSM({
      endpoint: given.AWS_ENDPOINT_URL,
      region: given.AWS_REGION,
      credentials: {
        accessKeyId: given.AWS_ACCESS_KEY_ID,
        secretAccessKey: given.AWS_SECRET_ACCESS_KEY,
      },
    });
    await ssm.putParameter({ Name: "/packed", Value: "kept", Type: "SecureString" });
    const { Parameter } = await ssm.getParameter({ Name: "/packed", WithDecryption: true });
    demand(Parameter?.Value === "kept", "the packed vault did not give back what it was given");
  } finally {
    vault.kill("SIGTERM");
    await gone;
  }
}
