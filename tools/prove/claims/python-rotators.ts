/**
 * Rotation functions in Python, written with boto3 as for AWS, are invoked by Lambda's Invoke API.
 * What runs them is a stand-in of ours for AWS's runtime interface emulator; boto3, PostgreSQL and
 * its driver are real.
 */
import { join } from "node:path";
import { Client } from "pg";
import { orderAccount } from "../../../examples/weather/src/order.ts";
import { startProvider } from "../../../examples/weather/src/provider.ts";
import { asRoot } from "../../harness/aws-clients.ts";
import { freePort } from "../../harness/free-port.ts";
import { functionArn, isBoto3Installed, type Lambda, startLambda } from "../../harness/lambda.ts";
import { startPostgres } from "../../harness/postgres.ts";
import { pythonPostgresDriver } from "../../harness/python-postgres-driver.ts";
import {
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../harness/vault-process.ts";
import { type Claim, type ClaimRun, demand } from "../claim.ts";
import { functionsRole } from "../rotation/functions-role.ts";
import { beginRotation, untilPhase } from "../rotation/rotations.ts";
import { rotatorsFile } from "../rotation/rotators-file.ts";

const rotations = { reduced: 3, full: 10 };

export const pythonRotators: Claim = {
  name: "python-rotators",
  says: "rotation functions in Python, written with boto3 as for AWS, rotate a token and a PostgreSQL user unchanged",
  async run(run) {
    if (!isBoto3Installed()) {
      run.print("python3 has no boto3 here: not shown");
      return;
    }
    const ports = { generic: await freePort(), postgresql: await freePort() };
    const vault = await startVaultProcess({
      root: run.root,
      dataDirectory: join(temporaryFolder("python-rotators"), "data"),
      flags: ["--rotators", rotatorsFile({ endpoints: endpointsAt(ports) })],
    });
    try {
      await rotateToken(run, vault, ports.generic);
      await rotatePostgresUser(run, vault, ports.postgresql);
    } finally {
      await vault.stop();
    }
  },
};

function endpointsAt(ports: Readonly<Record<string, number>>): Record<string, string> {
  const endpoints = Object.entries(ports).map(([name, port]) => [name, `http://127.0.0.1:${port}`]);
  return Object.fromEntries(endpoints);
}

async function rotateToken(run: ClaimRun, vault: VaultProcess, port: number): Promise<void> {
  const provider = await startProvider();
  const { managementKey, token } = await orderAccount(provider.url);
  const { secrets } = asRoot(vault);
  await secrets.createSecret({ Name: "weather/managementKey", SecretString: managementKey });
  await secrets.createSecret({ Name: "weather/token", SecretString: token });
  const lambda = await startFunction(run, vault, "generic", port, {
    TOKENS_URL: `${provider.url}/v1/tokens`,
    MANAGEMENT_SECRET: "weather/managementKey",
  });
  try {
    const statusOf = async (value: string, path: string) =>
      (await fetch(`${provider.url}${path}`, { headers: { authorization: `Bearer ${value}` } }))
        .status;
    const values = await rotated(run, vault, "weather/token", "generic");
    const [current = "", previous = "", ...older] = values.toReversed();
    const tokens = await Promise.all(
      [current, previous, ...older].map((value) => statusOf(value, "/v1/tokens/self")),
    );
    demand(tokens[0] === 200, "the provider refuses AWSCURRENT");
    demand(tokens[1] === 200, "the provider refuses AWSPREVIOUS");
    demand(
      tokens.slice(2).every((status) => status === 401),
      "an older token still lives",
    );
    demandSilent(lambda, [managementKey, ...values]);
    run.print(
      `generic.py: ${values.length - 1} rotations; the provider knows the newest two alone`,
    );
    await failOnce(run, vault);
  } finally {
    await lambda.stop();
    await provider.close();
  }
}

/** What a function raises is told by its own message, and AWSCURRENT stays. */
async function failOnce({ print }: ClaimRun, vault: VaultProcess): Promise<void> {
  const { secrets } = asRoot(vault);
  const SecretId = "weather/token";
  const before = await secrets.getSecretValue({ SecretId });
  await secrets.putSecretValue({ SecretId: "weather/managementKey", SecretString: "not the key" });
  await beginRotation(vault, SecretId);
  const { FailureStep, FailureReason = "" } = await untilPhase(vault, SecretId, ["failed"]);
  const said = `${FailureStep}: ${FailureReason}`;
  demand(/^createSecret: .*HTTP Error 401/.test(said), `the failure is told as «${said}»`);
  const after = await secrets.getSecretValue({ SecretId });
  demand(after.VersionId === before.VersionId, "AWSCURRENT moved in a rotation that failed");
  print(`generic.py with a wrong management key: «${said}», and AWSCURRENT stays`);
}

async function rotatePostgresUser(run: ClaimRun, vault: VaultProcess, port: number): Promise<void> {
  const driver = pythonPostgresDriver();
  if (driver === undefined) {
    run.print("postgresql.py: no PostgreSQL driver for python3 is to be had here: not shown");
    return;
  }
  const postgres = await startPostgres({ isFast: true });
  const url = new URL(await postgres.newDatabase());
  const account = {
    engine: "postgres",
    host: url.hostname,
    port: Number(url.port),
    dbname: url.pathname.slice(1),
    username: url.username,
    password: url.password,
  };
  const SecretString = JSON.stringify(account);
  await asRoot(vault).secrets.createSecret({ Name: "postgres/owner", SecretString });
  const lambda = await startFunction(run, vault, "postgresql", port, driver);
  try {
    const values = await rotated(run, vault, "postgres/owner", "postgresql");
    const accounts: (typeof account)[] = values.map((value) => JSON.parse(value));
    const logins = await Promise.all(accounts.map(canLogIn));
    demand(logins.pop() === true, "PostgreSQL refuses AWSCURRENT");
    demand(!logins.includes(true), "PostgreSQL still accepts an older password");
    const passwords = accounts.map(({ password }) => password);
    demandSilent(lambda, passwords);
    const isLogged = passwords.slice(1).some((password) => postgres.log.includes(password));
    demand(!isLogged, "a password stands in PostgreSQL's log");
    run.print(`postgresql.py: ${values.length - 1} rotations; PostgreSQL knows the newest alone`);
  } finally {
    await lambda.stop();
    await postgres.stop();
  }
}

/** The function of the examples' folder, with a role of its own as on AWS. */
async function startFunction(
  { root }: ClaimRun,
  vault: VaultProcess,
  name: string,
  port: number,
  environment: Readonly<Record<string, string>>,
): Promise<Lambda> {
  const file = join(root, `examples/rotation-functions/${name}.py`);
  const own = await functionsRole(vault, name);
  return startLambda({ file, name, port, environment: { ...own, ...environment } });
}

/** Every value it has had, the newest last; its labels are as AWS's after each rotation. */
async function rotated(
  { isFull }: ClaimRun,
  vault: VaultProcess,
  SecretId: string,
  name: string,
): Promise<string[]> {
  const { secrets } = asRoot(vault);
  const rules = { AutomaticallyAfterDays: 30 };
  const values = [(await secrets.getSecretValue({ SecretId })).SecretString ?? ""];
  for (let turn = 1; turn <= (isFull ? rotations.full : rotations.reduced); turn++) {
    const before = await secrets.getSecretValue({ SecretId });
    const settings = turn === 1 && { RotationLambdaARN: functionArn(name), RotationRules: rules };
    const versionId = await beginRotation(vault, SecretId, settings || {});
    await untilPhase(vault, SecretId, ["succeeded"]);
    const described = await secrets.describeSecret({ SecretId });
    const stages = JSON.stringify(described.VersionIdsToStages);
    const { [versionId]: made, [before.VersionId ?? ""]: old } = described.VersionIdsToStages ?? {};
    demand(made?.join() === "AWSCURRENT" && old?.join() === "AWSPREVIOUS", `labels are ${stages}`);
    values.push((await secrets.getSecretValue({ SecretId })).SecretString ?? "");
  }
  demand(new Set(values).size === values.length, "a rotation changed nothing");
  return values;
}

function demandSilent({ log }: Lambda, values: readonly string[]): void {
  demand(log.includes("finishSecret"), "the function logged nothing");
  demand(!values.some((value) => log.includes(value)), "a value stands in the function's log");
}

async function canLogIn(account: {
  readonly host: string;
  readonly port: number;
  readonly dbname: string;
  readonly username: string;
  readonly password: string;
}): Promise<boolean> {
  const { host, port, dbname: database, username: user, password } = account;
  const client = new Client({ host, port, database, user, password });
  try {
    await client.connect();
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "28P01") return false;
    throw error;
  } finally {
    await client.end();
  }
}
