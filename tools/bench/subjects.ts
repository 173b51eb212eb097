/** What is measured: the vault on its databases, a bare HTTP server, and moto_server where it is installed. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isMotoInstalled, startMoto } from "../harness/moto.ts";
import type { OidcIssuer } from "../harness/oidc-issuer.ts";
import { type Postgres, startPostgres } from "../harness/postgres.ts";
import { startVaultProcess, temporaryFolder } from "../harness/vault-process.ts";
import { noteCollections } from "./collections.ts";
import type { FloorPlan } from "./floor-server.ts";
import type { Server } from "./load.ts";
import { type Caller, prepare } from "./operations.ts";

export interface Subject extends Server {
  readonly name: string;
  readonly caller: Caller;
  stop(): Promise<void>;
}

export interface VaultSubject extends Subject {
  readonly dataDirectory: string;
}

export interface Surroundings {
  /** The first is what all else is measured against. */
  readonly databases: readonly [DatabaseName, ...DatabaseName[]];
  /** Whether moto_server is measured too, where it is installed. */
  readonly hasMoto: boolean;
}

/** Starts all, hands them over, and stops them whatever happens. */
export async function withSubjects<Result>(
  root: string,
  { databases: [first, ...others], hasMoto }: Surroundings,
  issuer: OidcIssuer,
  run: (
    vaults: readonly [VaultSubject, ...VaultSubject[]],
    moto: Subject | undefined,
  ) => Promise<Result>,
): Promise<Result> {
  const vaults: [VaultSubject, ...VaultSubject[]] = [
    await startVault(root, issuer, { database: first }),
  ];
  let moto: Subject | undefined;
  try {
    for (const database of others) vaults.push(await startVault(root, issuer, { database }));
    moto = hasMoto ? await startMotoSubject(issuer) : undefined;
    return await run(vaults, moto);
  } finally {
    for (const subject of [...vaults, moto]) await subject?.stop();
  }
}

export type DatabaseName = "SQLite" | "PostgreSQL";

/** `claviger server` over a new database, with the records of `operations.ts` in it. */
export async function startVault(
  root: string,
  issuer: OidcIssuer,
  { database = "SQLite", nodeOptions = "" }: { database?: DatabaseName; nodeOptions?: string } = {},
): Promise<VaultSubject> {
  const collections = noteCollections();
  const postgres = database === "PostgreSQL" ? await startPostgres() : undefined;
  const vault = await startVaultProcess({
    root,
    dataDirectory: join(temporaryFolder("bench"), "d"),
    nodeOptions: `${collections.nodeOptions} ${nodeOptions}`,
    ...(postgres !== undefined && (await onPostgres(postgres))),
  });
  return {
    name: `vault on ${database}`,
    url: vault.url,
    pid: vault.pid,
    dataDirectory: vault.dataDirectory,
    collectionsFile: collections.file,
    caller: await prepare(vault.environment, issuer),
    async stop() {
      await vault.stop();
      await postgres?.stop();
    },
  };
}

/** A node of many makes up neither its root key nor its root credentials. */
async function onPostgres(postgres: Postgres) {
  const keyFile = join(temporaryFolder("root-key"), "root.key");
  writeFileSync(keyFile, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600 });
  return {
    database: await postgres.newDatabase(),
    rootKey: `file:${keyFile}`,
    rootCredentials: {
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      secretAccessKey: randomBytes(30).toString("base64"),
    },
  };
}

export const motoName = "moto_server";

/** undefined where it isn't installed. It checks neither signatures nor policies nor tokens. */
export async function startMotoSubject(issuer: OidcIssuer): Promise<Subject | undefined> {
  if (!isMotoInstalled) return undefined;
  const moto = await startMoto();
  const { AWS_ENDPOINT_URL: url = "" } = moto.environment;
  const caller = await prepare(moto.environment, issuer);
  return {
    name: motoName,
    url,
    pid: moto.pid,
    collectionsFile: undefined,
    caller,
    stop: moto.stop,
  };
}

/** A server that is there to be measured against. */
export interface Rival extends Server {
  stop(): Promise<void>;
}

/** A `node:http` server that answers everything with what the vault answers to `request`. */
export async function startBareTwin(vault: Server, request: string): Promise<Rival> {
  const { headers, body } = await replyTo(vault.url, request);
  return startRival("bare-server.ts", { body, headers });
}

/** The least that answers `request`, a GetSecretValue, as a vault has to (`floor-server.ts`). */
export async function startFloor(vault: Subject, request: string): Promise<Rival> {
  const { headers, body } = await replyTo(vault.url, request);
  const plan: FloorPlan = {
    secretAccessKey: vault.caller.secretAccessKey,
    reply: body,
    contentType: headers["Content-Type"] ?? "",
    trailFile: join(temporaryFolder("floor"), "trail.db"),
  };
  return startRival("floor-server.ts", plan);
}

async function startRival(script: string, plan: object): Promise<Rival> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const collections = noteCollections();
  const words = [collections.nodeOptions, file, JSON.stringify(plan)];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  // Readable as well where it ends without a word.
  await once(child.stdout.setEncoding("utf8"), "readable");
  const printed: string | null = child.stdout.read();
  if (printed === null) throw new Error(`${script} has ended`);
  return {
    url: printed.trim(),
    pid: child.pid ?? 0,
    collectionsFile: collections.file,
    async stop() {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}

interface Reply {
  /** Those that belong to the answer, and not to the connection. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Throws unless the reply has status 200. It comes in one piece, as a rival's will. */
async function replyTo(url: string, request: string): Promise<Reply> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(Buffer.from(request, "latin1"));
  const [chunk] = await once(socket, "data");
  socket.destroy();
  const [head = "", body = ""] = String(chunk).split("\r\n\r\n");
  if (!head.startsWith("HTTP/1.1 200 ")) throw new Error(`answered ${head.slice(0, 12)}`);
  const headers = head
    .split("\r\n")
    .map((line) => line.split(": ") as [string, string])
    .filter(([name]) => /^(content-type|x-amzn-requestid)$/i.test(name));
  return { headers: Object.fromEntries(headers), body };
}
