/** `npm run example:weather`: the vault, the provider and the service, and what to try with them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readConfiguration, readRootCredentials, startServer } from "@claviger/vault";
import { orderToken, parameterName, provision } from "./provision.ts";

const data = mkdtempSync(join(tmpdir(), "claviger-weather-"));
const vault = await startServer(readConfiguration({ data, port: "0" }, {}), { logLevel: "warn" });
const credentials = readRootCredentials(data);
if (credentials === undefined) throw new Error("the vault made no root credentials");

const provider = await startProgram("provider.ts", {});
const token = await orderToken(provider.url);
const administrator = { endpoint: vault.url, region: "us-east-1", credentials };
const { roleArn, environment } = await provision(administrator, token);
const service = await startProgram("service.ts", {
  ...environment,
  WEATHER_PROVIDER_URL: provider.url,
  WEATHER_ROLE_ARN: roleArn,
});

process.stdout.write(`
  The weather project runs: the vault at ${vault.url}, the provider (a stand-in) at
  ${provider.url}, the service at ${service.url}.

  Ask for the weather, twice; the second answer comes from the service's cache:
    curl '${service.url}/weather?city=Sydney'
    curl '${service.url}/weather?city=Sydney'
    curl '${provider.url}/admin/usage'

  Replace the token and revoke the old one at the provider, in another terminal here; the service
  goes on without a restart:
    eval "$(npx claviger env --data ${data})"
    old=$(aws ssm get-parameter --name ${parameterName} --with-decryption --query Parameter.Value --output text)
    curl -s -X POST '${provider.url}/admin/tokens?endpoint=/v1/current' | sed 's/.*"token":"\\([^"]*\\)".*/\\1/' | tr -d '\\n' > token.txt
    aws ssm put-parameter --name ${parameterName} --type SecureString --overwrite --value file://token.txt; rm token.txt
    curl -X DELETE ${provider.url}/admin/tokens/$old
    curl '${service.url}/weather?city=Oslo'

  Who read the token, and as whom:
    aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=GetParameter --query 'Events[].[EventTime,Username]' --output text

  Ctrl-C ends all three and removes the vault's data.

`);

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);

async function stop(): Promise<void> {
  service.child.kill();
  provider.child.kill();
  await vault.close();
  rmSync(data, { recursive: true, force: true });
}

/** Starts a program of this folder with nothing of AWS in its environment but what is given. */
async function startProgram(
  file: string,
  given: Readonly<Record<string, string>>,
): Promise<{ url: string; child: ChildProcess }> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, ["--conditions=@claviger/source", path], {
    env: { ...Object.fromEntries(inherited), ...given },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(() => {
      throw new Error(`${file} ended before it served`);
    }),
  ]);
  return { url: String(printed).trim(), child };
}
