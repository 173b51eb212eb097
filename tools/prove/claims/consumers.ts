/**
 * The packed client works for whoever installs it: from ECMAScript modules and CommonJS, bundled by
 * esbuild, with types under each way of resolving modules, and without any of its optional peers.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SSM } from "@aws-sdk/client-ssm";
import { build } from "esbuild";
import { installPackedClient } from "../../harness/packed-client.ts";
import {
  cleanEnvironment,
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../harness/vault-process.ts";
import { type Claim, demand } from "../claim.ts";

const exported = {
  "@claviger/client": "bearer, createSecrets, redact, SecretsError",
  "@claviger/client/redaction": "redactConsole, redactStream, remember",
  "@claviger/client/testing": "fakeSecrets",
  "@claviger/client/tokens": "clientCredentials, refreshToken",
};

const value = "a value of the vault";
const said = `${value} [redacted] [redacted]\n`;

/** What each consumer does with it, typed where its file is. */
const program = `
async function main() {
  const all = [bearer, SecretsError, redactConsole, redactStream, remember, fakeSecrets, clientCredentials, refreshToken];
  if (all.some((each) => typeof each !== "function")) throw new Error("not all is exported");
  const secrets = createSecrets();
  const token = secrets.parameter("/consumers/token");
  await secrets.load();
  const revealed = token.peek().reveal();
  console.log(revealed, redact(revealed), String(token.peek()));
  secrets.close();
}
main();
`;

const imports = Object.entries(exported)
  .map(([from, names]) => `import { ${names} } from "${from}";\n`)
  .join("");
const requires = Object.entries(exported)
  .map(([from, names]) => `const { ${names.replaceAll(/\btype /g, "")} } = require("${from}");\n`)
  .join("");

export const consumers: Claim = {
  name: "consumers",
  says: "the packed client works in ESM and CommonJS, bundled, and typed, on each Node it declares",
  async run({ root, isFull, print }) {
    const folder = temporaryFolder("consumers");
    installPackedClient(root, folder);
    checkTypes(root, folder);
    print("types: nodenext from a module and from CommonJS, bundler; without the optional peers");
    const programs = await writePrograms(folder);
    const vault = await startVaultProcess({ root, dataDirectory: join(folder, "vault") });
    try {
      await storeValue(vault);
      for (const node of [process.execPath, ...(isFull ? fetchedNodes(folder) : [])]) {
        const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
        for (const path of programs) show(node, path, vault);
        print(`Node ${version}: import, require, esbuild to ESM and to CommonJS`);
      }
      if (!isFull) print("Node 22 and 24 are of the full size, which needs npm's registry");
    } finally {
      await vault.stop();
    }
  },
};

function checkTypes(root: string, folder: string): void {
  writeFileSync(join(folder, "module.mts"), imports + program);
  writeFileSync(join(folder, "common.cts"), imports + program);
  writeFileSync(join(folder, "readme.mts"), readmeProgram(folder));
  const words = ["--noEmit", "--strict", "--target", "es2024", "--types", "node"];
  const typeRoots = ["--typeRoots", join(root, "node_modules/@types")];
  for (const resolution of [
    ["--module", "nodenext", "module.mts", "common.cts", "readme.mts"],
    ["--module", "esnext", "--moduleResolution", "bundler", "module.mts"],
  ]) {
    const { status, stdout } = spawnSync("tsc", [...words, ...typeRoots, ...resolution], {
      cwd: folder,
      encoding: "utf8",
    });
    demand(
      status === 0,
      `the types do not hold under ${resolution.slice(0, -1).join(" ")}: ${stdout}`,
    );
  }
}

/** What npm shows of the package, with what it leaves to the reader. */
function readmeProgram(folder: string): string {
  const readme = readFileSync(join(folder, "node_modules/@claviger/client/README.md"), "utf8");
  const [, sample] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? [];
  demand(sample !== undefined, "the packed README shows no program");
  return `import type { StandardSchemaV1 } from "@standard-schema/spec";
declare const schema: StandardSchemaV1<unknown, { apiKey: string }>;
declare function callProvider(token: string): Promise<Response>;
${sample}`;
}

/** The bundles lie where no node_modules is above them. */
async function writePrograms(folder: string): Promise<string[]> {
  const [esm, cjs] = [join(folder, "esm.mjs"), join(folder, "cjs.cjs")];
  writeFileSync(esm, imports + program);
  writeFileSync(cjs, requires + program);
  const apart = temporaryFolder("bundled");
  const bundles = await Promise.all(
    (["esm", "cjs"] as const).map(async (format) => {
      const outfile = join(apart, format === "esm" ? "bundled.mjs" : "bundled.cjs");
      const { warnings } = await build({
        entryPoints: [esm],
        outfile,
        format,
        bundle: true,
        platform: "node",
        target: "node22",
        logLevel: "silent",
      });
      demand(warnings.length === 0, `esbuild warns: ${warnings[0]?.text}`);
      return outfile;
    }),
  );
  return [esm, cjs, ...bundles];
}

async function storeValue({ url, environment }: VaultProcess): Promise<void> {
  const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "", AWS_REGION = "" } = environment;
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  const ssm = new SSM({ endpoint: url, region: AWS_REGION, credentials });
  await ssm.putParameter({ Name: "/consumers/token", Value: value, Type: "SecureString" });
  ssm.destroy();
}

function show(node: string, path: string, vault: VaultProcess): void {
  const env = { ...cleanEnvironment(), ...vault.environment };
  const { status, stdout, stderr } = spawnSync(node, [path], { env, encoding: "utf8" });
  demand(status === 0 && stdout === said, `${path} on ${node} printed ${stdout}${stderr}`);
  demand(stderr === "", `${path} on ${node} warned: ${stderr}`);
}

/** The oldest that the package declares, and the one between that and ours. */
function fetchedNodes(folder: string): string[] {
  return ["22.13.0", "24"].map((version) => {
    const home = join(folder, `node-${version}`);
    mkdirSync(home);
    writeFileSync(join(home, "package.json"), '{ "private": true }');
    const wanted = `node-${process.platform}-${process.arch}@${version}`;
    const words = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", wanted];
    const { status, stderr } = spawnSync("npm", words, { cwd: home, encoding: "utf8" });
    demand(status === 0, `npm's registry did not give ${wanted}: ${stderr}`);
    return join(home, "node_modules", wanted.slice(0, wanted.indexOf("@")), "bin/node");
  });
}
