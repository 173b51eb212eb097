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
  says: `a service under ${requestsPerSecond} requests a second fails none while its token rotates by overlap, none beyond a switch of ${switchMillisecondsMax} ms with one key only, and whatever step fails, AWSCURRENT works`,
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
  const switches: Switch[] = [];
  for (let turn = 1; turn <= count; turn++) {
    await beginRotation(vault, SecretId);
    switches.push(switchOf(await untilPhase(vault, SecretId, ["succeeded"])));
    // By then the service's requests begin with the new token again.
    await sleep(500);
  }
  await Promise.all([load.stop(), check.stop()]);
  const longest = Math.max(...switches.map(({ from, until }) => until - from));
  const beyond = load.failures.filter((one) => !switches.some((each) => isWithin(each, one)));
  demandNone(beyond, "requests failed while no token was switched");
  demandCurrent(check);
  demand(longest <= switchMillisecondsMax, `a switch took ${Math.round(longest)} ms`);
  run.print(
    `one key only: ${count} rotations, ${report(load)}; the longest switch took ${Math.round(longest)} ms`,
  );
}

/** Each step of a rotation fails, before and after it has taken effect, and one lies. */
async function throughFailures(ground: Ground, turns: number): Promise<void> {
  const { run, provider, load, check } = ground;
  const failed: Switch[] = [];
  for (const failure of everyFailure) {
    for (let turn = 1; turn <= turns; turn++) {
      const from = Date.now();
      await failOnce(ground, failure);
      failed.push({ from, until: Date.now() });
      // From here on until the next one no request may fail.
      await sleep(200);
    }
  }
  await Promise.all([load.stop(), check.stop()]);
  const isOverlap = provider.tokensMax > 1;
  const beyond = load.failures.filter((one) => !failed.some((each) => isWithin(each, one)));
  demandNone(beyond, "requests failed while nothing was rotated");
  if (isOverlap) {
    demandAllAnswered(load);
    demandCurrent(check);
  }
  run.print(
    `${isOverlap ? "overlap" : "one key only"}, ${failed.length} failures at ${everyFailure.length} points: ` +
      `AWSCURRENT works after each` +
      (isOverlap ? `, and did each of ${check.checks} times in between` : "") +
      `; ${report(load)}${isOverlap ? "" : ", none but while one of them was rolled back"}`,
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
