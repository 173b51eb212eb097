/**
 * The weather service under load while its token rotates: by overlap, with a provider that has one
 * key only, and with a failure at every step, before and after it has taken effect.
 */

import { join } from "node:path";
import { kill } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { secretName as SecretId } from "../../../examples/weather/src/provision.ts";
import { asRoot } from "../../harness/aws-clients.ts";
import {
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../harness/vault-process.ts";
import { type Claim, type ClaimRun, demand } from "../claim.ts";
import { CurrentCheck } from "../rotation/current-check.ts";
import { beginRotation, type DescribedRotation, untilPhase } from "../rotation/rotations.ts";
import { rotatorsFile } from "../rotation/rotators-file.ts";
import { startWatchedHost, stepOf, thrown, type WatchedHost } from "../rotation/watched-host.ts";
import { type Answered, WeatherLoad } from "../rotation/weather-load.ts";
import { startWeatherProvider, type WeatherProvider } from "../rotation/weather-provider.ts";
import { provisionWeather, startWeatherService } from "../rotation/weather-service.ts";

const rotations = { reduced: 3, full: 10 };
/** At each step, before and after. */
const failures = { reduced: 1, full: 10 };
const requestsPerSecond = 200;
const switchMillisecondsMax = 2000;

export const rotationWeather: Claim = {
  name: "rotation-weather",
  says: `a service under ${requestsPerSecond} requests a second fails none while its token rotates by overlap, none beyond a switch of ${switchMillisecondsMax} ms with one key only, and whatever step fails, AWSCURRENT works`,
  isMeasured: true,
  async run(run) {
    await underLoad(run, { type: "WeatherToken" }, byOverlap);
    await underLoad(run, { type: "OnlyWeatherToken" }, withOneKey);
    await underLoad(run, { type: "WeatherToken", isWatched: true }, throughFailures);
  },
};

interface Ground {
  readonly run: ClaimRun;
  readonly vault: VaultProcess;
  readonly provider: WeatherProvider;
  readonly load: WeatherLoad;
  readonly check: CurrentCheck;
  readonly host: WatchedHost | undefined;
}

interface Setting {
  readonly type: "WeatherToken" | "OnlyWeatherToken";
  /** Each step can be made to fail. */
  readonly isWatched?: true;
}

async function underLoad(
  run: ClaimRun,
  { type, isWatched }: Setting,
  show: (ground: Ground) => Promise<void>,
): Promise<void> {
  const { root } = run;
  const provider = await startWeatherProvider(type === "WeatherToken" ? 2 : 1);
  const file = rotatorsFile({ providerUrl: provider.url });
  const host = isWatched && (await startWatchedHost(file));
  const vault = await startVaultProcess({
    root,
    dataDirectory: join(temporaryFolder("rotation-weather"), "data"),
    flags: ["--rotators", file],
    server: host?.server,
  });
  try {
    const provisioned = await provisionWeather(vault, provider, { type, gracePeriod: "2s" });
    const service = await startWeatherService(root, provider.url, provisioned);
    const load = new WeatherLoad(service.url, requestsPerSecond);
    const check = new CurrentCheck({
      secretId: SecretId,
      provider,
      // With one key only, clients that are refused AWSCURRENT look at AWSPENDING next.
      stages: type === "WeatherToken" ? ["AWSCURRENT"] : ["AWSCURRENT", "AWSPENDING"],
      everyMilliseconds: 20,
      vault: () => vault,
    });
    try {
      await show({ run, vault, provider, load, check, host });
    } finally {
      await Promise.all([load.stop(), check.stop()]);
      await service.stop();
    }
  } finally {
    await vault.stop();
    await host?.close();
    await provider.close();
  }
}

async function byOverlap(ground: Ground): Promise<void> {
  const { run, vault, provider, load, check } = ground;
  const count = run.isFull ? rotations.full : rotations.reduced;
  for (let turn = 1; turn <= count; turn++) {
    const versionId = await beginRotation(vault, SecretId);
    await untilPhase(vault, SecretId, ["overlap"]);
    const both = await provider.tokens();
    demand(both.length === 2, `the provider has ${both.length} tokens during an overlap`);
    await untilPhase(vault, SecretId, ["succeeded"]);
    await demandOnly(provider, versionId);
  }
  await Promise.all([load.stop(), check.stop()]);
  demandAllAnswered(load);
  demandCurrent(check);
  run.print(`overlap: ${count} rotations, ${report(load)}`);
}

async function withOneKey({ run, vault, load, check }: Ground): Promise<void> {
  const count = run.isFull ? rotations.full : rotations.reduced;
  const switches: Switch[] = [];
  for (let turn = 1; turn <= count; turn++) {
    await beginRotation(vault, SecretId);
    switches.push(switchOf(await untilPhase(vault, SecretId, ["succeeded"])));
    // By then the service's requests begin with the new token again.
    await sleep(1000);
  }
  await Promise.all([load.stop(), check.stop()]);
  const longest = Math.max(...switches.map(({ from, until }) => until - from));
  const beyond = load.failures.filter((one) => !switches.some((each) => isWithin(each, one)));
  demand(beyond.length === 0, `${beyond.length} requests failed while no token was switched`);
  demandCurrent(check);
  demand(longest <= switchMillisecondsMax, `a switch took ${Math.round(longest)} ms`);
  run.print(
    `one key only: ${count} rotations, ${report(load)}; the longest switch took ${Math.round(longest)} ms`,
  );
}

async function throughFailures(ground: Ground): Promise<void> {
  const { run, load, check } = ground;
  const count = run.isFull ? failures.full : failures.reduced;
  for (const step of ["createSecret", "setSecret", "testSecret", "finishSecret"]) {
    for (const moment of ["before", "after"] as const) {
      for (let turn = 1; turn <= count; turn++) await failAt(ground, step, moment);
    }
  }
  await Promise.all([load.stop(), check.stop()]);
  demandAllAnswered(load);
  demandCurrent(check);
  run.print(
    `failures: ${count} at each of four steps, before and after it took effect; ` +
      `AWSCURRENT was looked at ${check.checks} times and always worked; ${report(load)}`,
  );
}

/** One rotation, of which one step fails once. */
async function failAt(
  { vault, provider, host }: Ground,
  step: string,
  moment: "before" | "after",
): Promise<void> {
  const where = `a failure ${moment} ${step}`;
  let isDue = true;
  if (host === undefined) throw new Error("nobody stands in between");
  host.proxy.interfere = async (passing) => {
    if (!isDue || passing.moment !== moment || stepOf(passing) !== step) return "pass";
    isDue = false;
    return thrown;
  };
  const before = await currentVersion(vault);
  const versionId = await beginRotation(vault, SecretId);
  // The labels have moved by then: there is no way back, and the step comes again in a minute.
  if (step === "finishSecret" && moment === "after") {
    const deadline = Date.now() + 10_000;
    while (isDue && Date.now() < deadline) await new Promise(setImmediate);
    kill(vault.pid, "SIGUSR2");
    await untilPhase(vault, SecretId, ["succeeded"]);
    await demandOnly(provider, versionId);
    return;
  }
  const { FailureStep } = await untilPhase(vault, SecretId, ["failed"]);
  demand(FailureStep === step, `${where} is told as one of ${FailureStep}`);
  demand((await currentVersion(vault)) === before, `${where} moved AWSCURRENT`);
  const left = await provider.tokens();
  demand(left.length === 1, `${where} left ${left.length} tokens at the provider`);
}

async function currentVersion(vault: VaultProcess): Promise<string> {
  const { VersionIdsToStages = {} } = await asRoot(vault).secrets.describeSecret({ SecretId });
  const all = Object.entries(VersionIdsToStages);
  const pending = all.find(([, stages]) => stages.includes("AWSPENDING"));
  demand(pending === undefined, "AWSPENDING is left");
  return all.find(([, stages]) => stages.includes("AWSCURRENT"))?.[0] ?? "";
}

async function demandOnly(provider: WeatherProvider, versionId: string): Promise<void> {
  const tokens = await provider.tokens();
  demand(tokens.join() === `claviger-${versionId}`, `the provider has ${tokens.join(", ")}`);
}

function demandAllAnswered({ failures, answers }: WeatherLoad): void {
  const { status, sentAt } = failures[0] ?? { status: 200, sentAt: 0 };
  const first = `the first, at ${new Date(sentAt).toISOString()}, with ${status}`;
  demand(failures.length === 0, `${failures.length} of ${answers.length} failed, ${first}`);
  demand(answers.length > requestsPerSecond, "hardly any request was sent");
}

function demandCurrent({ refusedAt, checks }: CurrentCheck): void {
  const first = new Date(refusedAt[0] ?? 0).toISOString();
  demand(
    refusedAt.length === 0,
    `AWSCURRENT was refused ${refusedAt.length} times, ${first} first`,
  );
  demand(checks > 0, "AWSCURRENT was never looked at");
}

/** From the moment that the provider may have the new token until it is AWSCURRENT. */
interface Switch {
  readonly from: number;
  readonly until: number;
}

function switchOf({ Steps }: DescribedRotation): Switch {
  const taken = (name: string) => Steps.find(({ Step }) => Step === name);
  const from = taken("setSecret")?.StartedDate ?? Number.NaN;
  const until = taken("finishSecret")?.EndedDate ?? Number.NaN;
  return { from: from * 1000, until: until * 1000 };
}

function isWithin({ from, until }: Switch, { sentAt, endedAt }: Answered): boolean {
  return endedAt >= from && sentAt <= until;
}

function report({ answers, failures }: WeatherLoad): string {
  return `${answers.length} requests, ${failures.length} failures`;
}
