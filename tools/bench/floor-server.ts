/**
 * The floor: the least that a read of one secret can cost here, whatever a vault does besides. The
 * vault's own HTTP, the request's SigV4 signature checked, one value opened with AES-256-GCM, and no
 * reply before a line about it is hashed into a chain and committed to SQLite, on a thread of its
 * own, together with those that gathered meanwhile. It has one caller and one value, and no
 * sessions, policies, validation, look-ups, limits, metrics or errors: what a vault is for comes on
 * top.
 *
 * Run with a `FloorPlan` as JSON in its first argument; prints its URL.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  randomBytes,
  randomUUID,
  timingSafeEqual,
} from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { HmacKey } from "../../packages/vault/src/encryption/hmac.ts";
import { listen } from "../../packages/vault/src/http/listener.ts";
import { createLogger } from "../../packages/vault/src/http/logger.ts";
import type { HttpReply, HttpRequest } from "../../packages/vault/src/message.ts";

export interface FloorPlan {
  readonly secretAccessKey: string;
  /** What the vault answers: its SecretString is the value. */
  readonly reply: string;
  readonly contentType: string;
  /** A new SQLite file. */
  readonly trailFile: string;
}

/** A thread that only passes on what it is handed needs no more; the vault's own has as much. */
const resourceLimits = { maxYoungGenerationSizeMb: 3 };
const algorithm = "aes-256-gcm";

async function serve({ secretAccessKey, reply, contentType, trailFile }: FloorPlan): Promise<void> {
  const { SecretString, ...rest } = JSON.parse(reply);
  const caller = new Caller(secretAccessKey);
  const value = new SealedValue(SecretString);
  const trail = new Trail(trailFile);
  const answer = (request: HttpRequest): Promise<HttpReply> => {
    const { body, headers, sourceAddress } = request;
    if (!caller.hasSigned(request)) return Promise.resolve({ status: 403, headers: {}, body: "" });
    const input = JSON.parse(body.toString());
    const id = randomUUID();
    const text = JSON.stringify({ ...rest, SecretString: value.opened() });
    const line = JSON.stringify([Date.now(), id, headers["user-agent"], sourceAddress, input]);
    const sent = { "x-amzn-RequestId": id, "Content-Type": contentType };
    return new Promise((resolve) => {
      trail.append(line, () => resolve({ status: 200, headers: sent, body: text }));
    });
  };
  const { url } = await listen(
    answer,
    { host: "127.0.0.1", port: 0, tls: undefined, trustedProxies: [], isInsecure: false },
    createLogger({ to: "nowhere" }),
    { version: "", trouble: () => undefined, metrics: () => "" },
  );
  process.stdout.write(`${url}\n`);
  process.on("SIGTERM", () => process.exit(0));
}

class Caller {
  readonly #secretAccessKey: string;
  readonly #keys = new Map<string, HmacKey>();

  constructor(secretAccessKey: string) {
    this.#secretAccessKey = secretAccessKey;
  }

  hasSigned({ headers, body }: HttpRequest): boolean {
    const { authorization = "", "x-amz-date": date } = headers;
    const [, scope = "", names = "", signature = ""] =
      /Credential=\w+\/(\S+), SignedHeaders=(\S+), Signature=(\w{64})$/.exec(authorization) ?? [];
    let lines = "";
    for (const name of names.split(";")) lines += `${name}:${headers[name]}\n`;
    const canonical = `POST\n/\n\n${lines}\n${names}\n${hash("sha256", body)}`;
    const signed = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash("sha256", canonical)}`;
    const right = this.#keyOf(scope).digest(signed);
    return (
      signature.length === right.length &&
      timingSafeEqual(Buffer.from(signature, "latin1"), Buffer.from(right, "latin1"))
    );
  }

  #keyOf(scope: string): HmacKey {
    let key = this.#keys.get(scope);
    if (key === undefined) {
      let bytes = Buffer.from(`AWS4${this.#secretAccessKey}`);
      for (const part of scope.split("/"))
        bytes = createHmac("sha256", bytes).update(part).digest();
      key = new HmacKey(bytes);
      this.#keys.set(scope, key);
    }
    return key;
  }
}

class SealedValue {
  readonly #key = createSecretKey(randomBytes(32));
  readonly #nonce = randomBytes(12);
  readonly #aad = randomBytes(64);
  readonly #sealed: Buffer;
  readonly #tag: Buffer;

  constructor(text: string) {
    const cipher = createCipheriv(algorithm, this.#key, this.#nonce).setAAD(this.#aad);
    this.#sealed = Buffer.concat([cipher.update(text), cipher.final()]);
    this.#tag = cipher.getAuthTag();
  }

  opened(): string {
    const decipher = createDecipheriv(algorithm, this.#key, this.#nonce);
    decipher.setAAD(this.#aad).setAuthTag(this.#tag);
    const text = decipher.update(this.#sealed).toString();
    decipher.final();
    return text;
  }
}

/** While one group of lines is being committed the next one gathers. */
class Trail {
  readonly #thread: Worker;
  #lines: string[] = [];
  #gathered: (() => void)[] = [];
  #committing: (() => void)[] = [];

  constructor(file: string) {
    this.#thread = new Worker(import.meta.filename, { workerData: file, resourceLimits });
    this.#thread.on("message", () => {
      const committed = this.#committing;
      this.#committing = [];
      for (const tell of committed) tell();
      if (this.#lines.length > 0) this.#commit();
    });
  }

  append(line: string, committed: () => void): void {
    this.#lines.push(line);
    this.#gathered.push(committed);
    if (this.#lines.length > 1 || this.#committing.length > 0) return;
    // All that arrives in this turn of the event loop is one group.
    setImmediate(() => this.#commit());
  }

  #commit(): void {
    this.#thread.postMessage(this.#lines.join(",\n"));
    this.#committing = this.#gathered;
    this.#lines = [];
    this.#gathered = [];
  }
}

/** The thread's side: each message is a group, durable before it is answered. */
function keepTrail(file: string): void {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA journal_size_limit = 67108864;
    CREATE TABLE "groups" ("number" INTEGER PRIMARY KEY, "hash" TEXT, "lines" TEXT) STRICT;
  `);
  const insert = database.prepare(`INSERT INTO "groups" ("hash", "lines") VALUES (?, ?)`);
  let head = "";
  parentPort?.on("message", (lines: string) => {
    head = hash("sha256", `${head}\n${lines}`);
    insert.run(head, lines);
    parentPort?.postMessage(null);
  });
}

if (isMainThread) await serve(JSON.parse(process.argv[2] ?? "{}"));
else keepTrail(workerData);
