/**
 * `kill -9` at every step of a rotation: before the rotator is asked, while it is at work at the
 * provider, and when it has taken effect and nobody was told. Several rotations stand at their points
 * when the vault is killed; each has to end well by itself.
 */
import { join } from "node:path";
import { asRoot } from "../../harness/aws-clients.ts";
import { freePort } from "../../harness/free-port.ts";
import { type InterferingProxy, startInterferingProxy } from "../../harness/interfering-proxy.ts";
import { isBoto3Installed, type Lambda, startLambda } from "../../harness/lambda.ts";
import type { VaultProcess } from "../../harness/vault-process.ts";
import { type Claim, type ClaimRun, demand } from "../claim.ts";
import type { Environment } from "../clients/client.ts";
import {
  type CrashGround,
  type GroundOptions,
  oneOnSqlite,
  twoOnPostgres,
} from "../rotation/crash-ground.ts";
import {
  type CrashPoint,
  everyCrashPoint,
  Hold,
  worstCrashPoints,
} from "../rotation/crash-points.ts";
import { CurrentCheck } from "../rotation/current-check.ts";
import { functionsRole } from "../rotation/functions-role.ts";
import {
  makeRotatingSecret,
  type Place,
  type RotatingSecret,
  sitesOf,
  startPlace,
} from "../rotation/rotating-secret.ts";
import { untilPhase } from "../rotation/rotations.ts";
import { rotatorsFile } from "../rotation/rotators-file.ts";
import { startWatchedHost, type WatchedHost } from "../rotation/watched-host.ts";

/** As many as a vault rotates side by side. */
const atOnce = 8;
/** A lease that ran out, on a busy machine. */
const endMillisecondsMax = 60_000;

export const rotationCrash: Claim = {
  name: "rotation-crash",
  says: "killed at any step of a rotation, on SQLite and PostgreSQL, a vault resumes it or rolls it back: no key is lost at the provider, and none too many is left",
  async run(run) {
    const hasPython = isBoto3Installed();
    if (!hasPython) run.print("python3 has no boto3 here: rotation functions are not shown");
    const points = (run.isFull ? everyCrashPoint : worstCrashPoints).filter(
      ({ kind }) => kind !== "function" || hasPython,
    );
    for (const open of [oneOnSqlite, twoOnPostgres]) {
      await killAt(run, points, open);
    }
  },
};

async function killAt(
  { root, print }: ClaimRun,
  points: readonly CrashPoint[],
  open: (options: GroundOptions) => Promise<CrashGround>,
): Promise<void> {
  const cases = await Promise.all(points.map(prepare));
  const places = cases.map(({ place }) => place);
  const endpoints = cases.flatMap(({ place, function: at }) =>
    at ? [[place.name, at.proxy.url]] : [],
  );
  const file = rotatorsFile({ sites: sitesOf(places), endpoints: Object.fromEntries(endpoints) });
  const host = await startWatchedHost(file);
  const ground = await open({ root, rotatorsFile: file, server: host.server });
  try {
    const sum = { resumed: 0, rolledBack: 0, checks: 0 };
    for (let first = 0; first < cases.length; first += atOnce) {
      await killOnce(root, cases.slice(first, first + atOnce), ground, host, sum);
    }
    print(
      `${ground.database}: of ${points.length} rotations, each killed at another point, ` +
        `${sum.resumed} were resumed and ${sum.rolledBack} rolled back; the provider was asked ` +
        `${sum.checks} times whether what readers have works, and it did`,
    );
  } finally {
    await ground.stop();
    await host.close();
    await Promise.all(places.map((place) => place.close()));
    for (const each of cases) each.function?.proxy.close();
  }
}

interface Case {
  readonly point: CrashPoint;
  readonly place: Place;
  /** Where the vault finds it, and where it will be. */
  readonly function: { readonly proxy: InterferingProxy; readonly port: number } | undefined;
}

async function prepare(point: CrashPoint, at: number): Promise<Case> {
  const type = point.kind === "one key" ? "OnlyWeatherToken" : "WeatherToken";
  const place = await startPlace(`crash-${at}`, type);
  if (point.kind !== "function") return { point, place, function: undefined };
  const port = await freePort();
  const proxy = await startInterferingProxy(`http://127.0.0.1:${port}`);
  return { point, place, function: { proxy, port } };
}

interface Sum {
  resumed: number;
  rolledBack: number;
  checks: number;
}

async function killOnce(
  root: string,
  cases: readonly Case[],
  ground: CrashGround,
  host: WatchedHost,
  sum: Sum,
): Promise<void> {
  const vault = ground.vault() as VaultProcess;
  const role = await functionsRole(vault, "rotation");
  const begun = await Promise.all(cases.map((each) => begin(root, each, vault, role)));
  // The host is one for all, and an invocation names its secret.
  host.proxy.interfere = async (passing) => {
    const one = begun.find(({ secret }) => passing.body.includes(secret.arn));
    return one?.hold.meet(passing) ?? "pass";
  };
  const checks = begun.map(({ secret, point }) => readersOf(secret, point, ground));
  try {
    const versionIds = await Promise.all(begun.map(({ secret }) => secret.rotate(vault)));
    await Promise.all(begun.map(reached));
    await ground.kill();
    for (const { hold } of begun) hold.release();
    const next = await ground.recover();
    const isResumed = await Promise.all(
      begun.map((each, at) => endsWell(each, versionIds[at] ?? "", next, ground)),
    );
    for (const each of isResumed) sum[each ? "resumed" : "rolledBack"]++;
    await Promise.all(checks.map((check) => check.stop()));
    for (const [at, { refusedAt, checks: count }] of checks.entries()) {
      sum.checks += count;
      const where = placeOf(begun[at]?.point as CrashPoint);
      demand(refusedAt.length === 0, `${where}: what readers have was refused`);
    }
    await ground.restore();
  } finally {
    for (const { hold } of begun) hold.release();
    await Promise.all(checks.map((check) => check.stop()));
    await Promise.all(begun.map(({ lambda }) => lambda?.stop()));
  }
}

interface Begun {
  readonly point: CrashPoint;
  readonly secret: RotatingSecret;
  readonly hold: Hold;
  readonly lambda: Lambda | undefined;
}

async function begin(
  root: string,
  { point, place, function: at }: Case,
  vault: VaultProcess,
  role: Environment,
): Promise<Begun> {
  const { name, proxy } = place;
  const hold = new Hold(point);
  proxy.interfere = (passing) => hold.meet(passing);
  if (at === undefined) {
    return { point, hold, secret: await makeRotatingSecret(vault, place, "1s"), lambda: undefined };
  }
  at.proxy.interfere = (passing) => hold.meet(passing);
  const secret = await makeRotatingSecret(vault, place, "1s", name);
  const file = join(root, "examples/rotation-functions/generic.py");
  const environment = {
    ...role,
    TOKENS_URL: `${proxy.url}/v1/tokens`,
    MANAGEMENT_SECRET: `${name}/managementKey`,
  };
  const lambda = await startLambda({ file, name, port: at.port, environment });
  return { point, hold, secret, lambda };
}

/** With one key only, clients that are refused AWSCURRENT look at AWSPENDING next. */
function readersOf(
  { arn: secretId, provider }: RotatingSecret,
  { kind }: CrashPoint,
  ground: CrashGround,
): CurrentCheck {
  const stages = kind === "one key" ? ["AWSCURRENT", "AWSPENDING"] : ["AWSCURRENT"];
  const vault = () => ground.vault();
  return new CurrentCheck({ secretId, provider, stages, everyMilliseconds: 100, vault });
}

async function reached({ hold, point }: Begun): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(() => late.reject(new Error("late")), endMillisecondsMax);
  const isReached = await Promise.race([hold.reached, late.promise]).then(
    () => true,
    () => false,
  );
  clearTimeout(timer);
  demand(isReached, `no rotation came to the point ${placeOf(point)}`);
}

/** Whether it went on, and was not rolled back. */
async function endsWell(
  { point, secret }: Begun,
  versionId: string,
  vault: VaultProcess,
  ground: CrashGround,
): Promise<boolean> {
  const { arn: SecretId, provider } = secret;
  const where = `${ground.database}, ${placeOf(point)}`;
  const { Phase } = await untilPhase(vault, SecretId, ["succeeded", "failed"], endMillisecondsMax);
  const { secrets } = asRoot(vault);
  const { VersionIdsToStages = {} } = await secrets.describeSecret({ SecretId });
  const labels = Object.values(VersionIdsToStages).flat();
  const isMoved = VersionIdsToStages[versionId]?.includes("AWSCURRENT") === true;
  demand(
    isMoved === (Phase === "succeeded"),
    `${where}: it ${Phase}, and the labels say otherwise`,
  );
  demand(!labels.includes("AWSPENDING"), `${where}: AWSPENDING is left`);
  const { SecretString = "" } = await secrets.getSecretValue({ SecretId });
  demand(await provider.accepts(SecretString), `${where}: the provider refuses AWSCURRENT`);
  const tokens = await provider.tokens();
  // AWS's functions leave the token before the current one alive until the next rotation.
  const expected = point.kind === "function" ? 2 : 1;
  demand(tokens.length === expected, `${where}: the provider has the tokens ${tokens.join(", ")}`);
  return isMoved;
}

function placeOf({ kind, what, moment }: CrashPoint): string {
  return `${kind}: ${moment} ${what}`;
}
