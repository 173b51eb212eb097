/**
 * The weather service under load while its token rotates: by overlap, with a provider that has one
 * key only, and with a failure at every step, before and after it has taken effect.
 */

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { secretName as SecretId } from "../../../examples/weather/src/provision.ts";
import { startVaultProcess, temporaryFolder } from "../../harness/vault-process.ts";
import { type Claim, type ClaimRun, demand } from "../claim.ts";
import { CurrentCheck } from "../rotation/current-check.ts";
import { everyFailure, type FailingGround, failOnce, turnsMax } from "../rotation/failing-steps.ts";
import { beginRotation, type DescribedRotation, untilPhase } from "../rotation/rotations.ts";
import { rotatorsFile } from "../rotation/rotators-file.ts";
import { startWatchedHost } from "../rotation/watched-host.ts";
import { type Answered, WeatherLoad } from "../rotation/weather-load.ts";
import { startWeatherProvider } from "../rotation/weather-provider.ts";
import { provisionWeather, startWeatherService } from "../rotation/weather-service.ts";

const rotations = { reduced: 3, full: 10 };
/** At each step, before and after. */
const failures = { reduced: 1, full: 10 };
const requestsPerSecond = 200;
const switchMillisecondsMax = 2000;

export const rotationWeather: Claim = {
  name: "rotation-weather",
  says: `a service under ${requestsPerSecond} requests a second fails none while its token rotates: by overlap, with one key only that is switched within ${switchMillisecondsMax} ms, and whatever step fails; AWSCURRENT works after each`,
  isMeasured: true,
  async run(run) {
    await underLoad(run, { type: "WeatherToken" }, byOverlap);
    await underLoad(run, { type: "OnlyWeatherToken" }, withOneKey);
    const turns = run.isFull ? failures.full : failures.reduced;
    for (const type of ["WeatherToken", "OnlyWeatherToken"] as const) {
      for (let left = turns; left > 0; left -= turnsMax) {
        const some = Math.min(left, turnsMax);
        await underLoad(run, { type, isWatched: true }, (ground) => throughFailures(ground, some));
      }
    }
  },
};

interface Ground extends FailingGround {
  readonly run: ClaimRun;
  readonly load: WeatherLoad;
  readonly check: CurrentCheck;
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
      await show({ run, vault, provider, load, check, proxy: host?.proxy });
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
    const left = await provider.tokens();
    demand(left.join() === `claviger-${versionId}`, `the provider is left with ${left.join(", ")}`);
  }
  await Promise.all([load.stop(), check.stop()]);
  demandAllAnswered(load);
  demandCurrent(check);
  run.print(`overlap: ${count} rotations, ${report(load)}`);
}

async function withOneKey({ run, vault, load, check }: Ground): Promise<void> {
  const count = run.isFull ? rotations.full : rotations.reduced;
  const switches: number[] = [];
  for (let turn = 1; turn <= count; turn++) {
    await beginRotation(vault, SecretId);
    switches.push(switchMilliseconds(await untilPhase(vault, SecretId, ["succeeded"])));
    // The service begins with the new token again.
    await sleep(500);
  }
  await Promise.all([load.stop(), check.stop()]);
  const longest = Math.max(...switches);
  // Not even within a switch: the new token can be read before the provider takes it.
  demandAllAnswered(load);
  demandCurrent(check);
  demand(longest <= switchMillisecondsMax, `a switch took ${Math.round(longest)} ms`);
  run.print(
    `one key only: ${count} rotations, ${report(load)}, none in a switch either; the longest took ${Math.round(longest)} ms`,
  );
}

/** Each step of a rotation fails, before and after it has taken effect, and one lies. */
async function throughFailures(ground: Ground, turns: number): Promise<void> {
  const { run, provider, load, check } = ground;
  for (const failure of everyFailure) {
    for (let turn = 1; turn <= turns; turn++) await failOnce(ground, failure);
  }
  await Promise.all([load.stop(), check.stop()]);
  demandAllAnswered(load);
  demandCurrent(check);
  const isOverlap = provider.tokensMax > 1;
  run.print(
    `${isOverlap ? "overlap" : "one key only"}, ${turns * everyFailure.length} failures at ${everyFailure.length} points: ` +
      `AWSCURRENT works after each, and ${isOverlap ? "it" : "it or AWSPENDING"} did ` +
      `each of ${check.checks} times in between; ${report(load)}`,
  );
}

function demandAllAnswered({ failures, answers }: WeatherLoad): void {
  demandNone(failures, `of ${answers.length} requests failed`);
  demand(answers.length > requestsPerSecond, "hardly any request was sent");
}

function demandNone(failures: readonly Answered[], what: string): void {
  const { status, sentAt } = failures[0] ?? { status: 200, sentAt: 0 };
  const first = `the first, at ${new Date(sentAt).toISOString()}, with ${status}`;
  demand(failures.length === 0, `${failures.length} ${what}: ${first}`);
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
function switchMilliseconds({ Steps }: DescribedRotation): number {
  const taken = (name: string) => Steps.find(({ Step }) => Step === name);
  const from = taken("setSecret")?.StartedDate ?? Number.NaN;
  const until = taken("finishSecret")?.EndedDate ?? Number.NaN;
  return (until - from) * 1000;
}

function report({ answers, failures }: WeatherLoad): string {
  return `${answers.length} requests, ${failures.length} failures`;
}
