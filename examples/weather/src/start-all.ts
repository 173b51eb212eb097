/** `npm run example:weather`: the vault, the provider and the service, and what to try with them. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { orderAccount } from "./order.ts";
import { provision, secretName } from "./provision.ts";
import { provisionRotation } from "./provision-rotation.ts";
import { writeRotatorsFile } from "./rotators-file.ts";

const programs: ChildProcess[] = [];
const folder = mkdtempSync(join(tmpdir(), "claviger-weather-"));
process.once("exit", () => {
  for (const child of programs) child.kill();
  rmSync(folder, { recursive: true, force: true });
});
const data = join(folder, "data");
const claviger = fileURLToPath(new URL("../../../node_modules/.bin/claviger", import.meta.url));

const provider = await startProgram(ofThisFolder("provider.ts"), {});
const rotators = join(folder, "rotators.json");
writeRotatorsFile(rotators, provider.url);
const vault = await startProgram(
  [claviger, "server", "--port", "0", "--data", data, "--rotators", rotators],
  {},
);

const environment: Record<string, string> = JSON.parse(
  execFileSync(claviger, ["env", "--data", data, "--format", "json"], { encoding: "utf8" }),
);
const administrator = {
  endpoint: vault.url,
  region: environment.AWS_REGION ?? "",
  credentials: {
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? "",
  },
};
const { token, managementKey } = await orderAccount(provider.url);
const provisioned = await provision(administrator, token);
await provisionRotation(administrator, { type: "WeatherToken", managementKey, gracePeriod: "10s" });
const service = await startProgram(ofThisFolder("service.ts"), {
  ...provisioned.environment,
  WEATHER_PROVIDER_URL: provider.url,
  WEATHER_ROLE_ARN: provisioned.roleArn,
});

process.stdout.write(`
  The weather project runs: the vault at ${vault.url}, the provider (a stand-in) at
  ${provider.url}, the service at ${service.url}.

  Ask for the weather, twice; the second answer comes from the service's cache:
    curl '${service.url}/weather?city=Sydney'
    curl '${service.url}/weather?city=Sydney'
    curl '${provider.url}/admin/usage'

  Rotate the token, in another terminal here. Both tokens are good for ten seconds, and the old one
  dies when the service has the new one; the service goes on without a restart:
    eval "$(npx claviger env --data ${data})"
    npx claviger rotate secretsmanager:${secretName} --watch
    curl '${service.url}/weather?city=Oslo'
    npx claviger rotations

  Who read the token, and as whom:
    aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=GetParameter --query 'Events[].[EventTime,Username]' --output text

  Ctrl-C ends all three and removes the vault's data.

`);

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);

async function stop(): Promise<void> {
  await Promise.all(programs.map(ended));
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill();
  await gone;
}

function ofThisFolder(file: string): string[] {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return [process.execPath, "--conditions=@claviger/source", path];
}

/** With nothing of AWS in its environment but what is given; its log lies in the folder. */
async function startProgram(
  [program = "", ...words]: readonly string[],
  given: Readonly<Record<string, string>>,
): Promise<{ url: string }> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
  const log = openSync(join(folder, "log"), "a");
  const child = spawn(program, words, {
    env: { ...Object.fromEntries(inherited), ...given },
    stdio: ["ignore", "pipe", log],
  });
  closeSync(log);
  programs.push(child);
  if (child.stdout === null) throw new Error("no output to read where it listens");
  const [printed] = await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(([code]) => {
      throw new Error(`${words.join(" ")} ended with ${code} before it served`);
    }),
  ]);
  const [url = ""] = String(printed).match(/http:\S+/) ?? [];
  return { url };
}
