/**
 * `kill -9` at every step of a rotation: before the rotator is asked, while it is at work at the
 * provider, and when it has taken effect and nobody was told. Several rotations stand at their points
 * when the vault is killed; each has to end well by itself. A node that only stood still comes back
 * with steps that another has done since: they change nothing.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isBoto3Installed, type Lambda, startLambda } from "../../harness/lambda.ts";
import type { VaultProcess } from "../../harness/vault-process.ts";
import { type Claim, type ClaimRun, demand } from "../claim.ts";
import type { Environment } from "../clients/client.ts";
import { endMillisecondsMax, endsWell } from "../rotation/crash-end.ts";
import {
  type CrashGround,
  oneOnSqlite,
  oneStallsOnPostgres,
  twoOnPostgres,
} from "../rotation/crash-ground.ts";
import {
  type CrashPoint,
  everyCrashPoint,
  Hold,
  stallPoints,
  turningPoints,
  worstCrashPoints,
} from "../rotation/crash-points.ts";
import { type Case, openStage, type Stage } from "../rotation/crash-stage.ts";
import { CurrentCheck } from "../rotation/current-check.ts";
import { functionsRole } from "../rotation/functions-role.ts";
import { makeRotatingSecret, type RotatingSecret } from "../rotation/rotating-secret.ts";

/** As many as a vault rotates side by side. */
const atOnce = 8;
/** By then what comes too late has come. */
const lateMilliseconds = 1000;

export const rotationCrash: Claim = {
  name: "rotation-crash",
  says: "killed at any step of a rotation, on SQLite and PostgreSQL, a vault resumes it or rolls it back: no key is lost at the provider, and none too many is left",
  async run(run) {
    const hasPython = isBoto3Installed();
    if (!hasPython) run.print("python3 has no boto3 here: rotation functions are not shown");
    const shown = ({ kind }: CrashPoint) => kind !== "function" || hasPython;
    const points = (run.isFull ? everyCrashPoint : worstCrashPoints).filter(shown);
    const onSqlite = run.isFull ? points : [...points, ...turningPoints];
    await stopAll(run, await openStage(run.root, onSqlite, oneOnSqlite));
    await stopAll(run, await openStage(run.root, points, twoOnPostgres));
    if (!run.isFull) return;
    await stopAll(run, await openStage(run.root, stallPoints.filter(shown), oneStallsOnPostgres));
  },
};

async function stopAll({ print }: ClaimRun, stage: Stage): Promise<void> {
  const { cases, ground } = stage;
  try {
    const sum = { resumed: 0, rolledBack: 0, checks: 0 };
    for (let first = 0; first < cases.length; first += atOnce) {
      await stopOnce(stage, cases.slice(first, first + atOnce), sum);
    }
    print(
      `${ground.name}: of ${cases.length} rotations, each stopped at another point, ` +
        `${sum.resumed} were resumed and ${sum.rolledBack} rolled back; the provider was asked ` +
        `${sum.checks} times whether what readers have works, and it did`,
    );
  } finally {
    await stage.close();
  }
}

interface Sum {
  resumed: number;
  rolledBack: number;
  checks: number;
}

async function stopOnce(
  { root, ground, host }: Stage,
  cases: readonly Case[],
  sum: Sum,
): Promise<void> {
  const vault = ground.vault() as VaultProcess;
  const role = await functionsRole(vault, "rotation");
  const verdict = ground.comesBack ? "pass" : "hang up";
  const begun = await Promise.all(
    cases.map((each) => begin(root, each, vault, role, new Hold(each.point, verdict))),
  );
  // The host is one for all, and an invocation names its secret.
  host.proxy.interfere = async (passing) => {
    const one = begun.find(({ secret }) => passing.body.includes(secret.arn));
    return one?.hold.meet(passing) ?? "pass";
  };
  const checks = begun.map(({ secret, point }) => readersOf(secret, point, ground));
  try {
    const versionIds = new Map<Begun, string>();
    const rotateEach = async (each: Begun) => {
      versionIds.set(each, await each.secret.rotate(vault));
      await reached(each);
    };
    await Promise.all(begun.filter(({ lambda }) => lambda === undefined).map(rotateEach));
    // Those come last: a function gives its provider ten seconds, however busy the machine is.
    await Promise.all(begun.filter(({ lambda }) => lambda !== undefined).map(rotateEach));
    await ground.stopRotating();
    if (!ground.comesBack) for (const { hold } of begun) hold.release();
    const next = await ground.recover();
    const end = () =>
      Promise.all(
        begun.map(async (each) => {
          const ending = { ...each, where: `${ground.name}, ${placeOf(each.point)}` };
          return endsWell(ending, versionIds.get(each) ?? "", next);
        }),
      );
    for (const isResumed of await end()) sum[isResumed ? "resumed" : "rolledBack"]++;
    await ground.restore();
    if (ground.comesBack) {
      for (const { hold } of begun) hold.release();
      await sleep(lateMilliseconds);
      await end();
    }
    await Promise.all(checks.map((check) => check.stop()));
    for (const [at, { refusedAt, checks: count }] of checks.entries()) {
      sum.checks += count;
      const where = placeOf(begun[at]?.point as CrashPoint);
      demand(refusedAt.length === 0, `${where}: what readers have was refused`);
    }
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
  hold: Hold,
): Promise<Begun> {
  const { name, proxy } = place;
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
  const late = sleep(endMillisecondsMax, false, { ref: false });
  const isReached = await Promise.race([hold.reached.then(() => true), late]);
  demand(isReached, `no rotation came to the point ${placeOf(point)}`);
}

function placeOf({ kind, what, moment, failing }: CrashPoint): string {
  return `${kind}: ${moment} ${what}${failing === undefined ? "" : `, since ${failing} failed`}`;
}
