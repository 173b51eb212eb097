/**
 * A sealed copy of the values, for a start while the store can't be reached. It opens under its key
 * alone, for whom and for what it was saved, and for a bounded time.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { OpenFailed } from "@claviger/vault/data-folder";
import { CommandFailure } from "../failure.ts";
import { writePrivately } from "../private-output.ts";
import type { Values } from "../stores/read-many.ts";
import { printed, type Reference } from "../stores/reference.ts";
import { fallbackKey } from "./fallback-key.ts";

export interface FallbackPlace {
  readonly file: string;
  readonly keyFile: string;
  readonly ageMillisecondsMax: number;
}

/** For whom, and where from. */
export type Source = Readonly<Record<string, string>>;

export interface Copy {
  readonly values: Values;
  readonly savedAt: Date;
  /** As an ARN, where a role read them. */
  readonly roleArn: string | undefined;
}

/** What stands in the clear. Each byte of it is bound to what is sealed. */
interface Header {
  readonly format: typeof format;
  readonly savedAt: string;
  readonly source: Source;
  readonly roleArn: string | null;
  readonly references: readonly string[];
}

const format = "claviger fallback copy 1";
const purpose = "fallback-copy";

export class Fallback {
  readonly #place: FallbackPlace;
  readonly #source: Source;
  readonly #key;

  /** Makes the key where there is none. Throws where it is no good: not only in an outage. */
  constructor(place: FallbackPlace, source: Source) {
    this.#place = place;
    this.#source = source;
    this.#key = fallbackKey(place.keyFile);
  }

  /** In place of what was there, at once and for its owner alone (mode 0600). */
  async save(values: Values, roleArn: string | undefined): Promise<void> {
    const header: Header = {
      format,
      savedAt: new Date().toISOString(),
      source: this.#source,
      roleArn: roleArn ?? null,
      references: [...values.keys()],
    };
    const plain = Buffer.from(JSON.stringify([...values.values()]));
    const sealed = this.#key.seal(purpose, plain, JSON.stringify(header)).toString("base64");
    plain.fill(0);
    const text = `${JSON.stringify({ ...header, sealed }, undefined, 2)}\n`;
    await writePrivately(this.#place.file, Buffer.from(text));
  }

  /** The command goes on without. */
  async saveOrWarn(values: Values, roleArn: string | undefined): Promise<void> {
    try {
      await this.save(values, roleArn);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      process.stderr.write(`warning: ${this.#place.file} can't be written: ${code}\n`);
    }
  }

  /** Throws, saying why, where it is no good for these references now. */
  async open(references: readonly Reference[]): Promise<Copy> {
    const { sealed, ...header } = parsed(await this.#text(), this.#place.file);
    const savedAt = new Date(header.savedAt);
    this.#check(header, savedAt, references);
    const values = this.#opened(sealed, header);
    const pairs = header.references.map((each, index) => [each, values[index] ?? ""] as const);
    return { values: new Map(pairs), savedAt, roleArn: header.roleArn ?? undefined };
  }

  async #text(): Promise<string> {
    try {
      return await readFile(this.#place.file, "utf8");
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") throw unusable(`there is no fallback copy at ${this.#place.file}`);
      throw error;
    }
  }

  #check(header: Header, savedAt: Date, references: readonly Reference[]): void {
    const { file, ageMillisecondsMax } = this.#place;
    const milliseconds = Date.now() - savedAt.getTime();
    if (milliseconds > ageMillisecondsMax) {
      throw unusable(
        `the fallback copy ${file} is older than --fallback-max-age: of ${header.savedAt}`,
      );
    }
    if (!(milliseconds >= -clockMillisecondsMax)) {
      throw unusable(`the fallback copy ${file} is from the future: ${header.savedAt}`);
    }
    if (JSON.stringify(header.source) !== JSON.stringify(this.#source)) {
      throw unusable(`the fallback copy ${file} is of another role, endpoint or region`);
    }
    const lacks = references.map(printed).filter((each) => !header.references.includes(each));
    if (lacks.length === 0) return;
    throw unusable(`the fallback copy ${file} lacks ${[...new Set(lacks)].join(", ")}`);
  }

  #opened(sealed: string, header: Header): readonly string[] {
    try {
      const bound = JSON.stringify(header);
      return JSON.parse(
        this.#key.open(purpose, Buffer.from(sealed, "base64"), bound).toString("utf8"),
      );
    } catch (error) {
      if (!(error instanceof OpenFailed)) throw error;
      const { file, keyFile } = this.#place;
      throw unusable(
        `the fallback copy ${file} does not open: it was changed, or ${keyFile} is not its key`,
      );
    }
  }
}

/** Of the shell that runs the command; another one's copy is no good. */
export function sourceOf(role: string | undefined, region: string | undefined): Source {
  const { AWS_ACCESS_KEY_ID, AWS_SESSION_TOKEN } = process.env;
  // Temporary credentials have another key each time.
  const key = AWS_SESSION_TOKEN === undefined ? AWS_ACCESS_KEY_ID : undefined;
  const named = [
    ["role", role],
    ["region", region],
    ["key", key && createHash("sha256").update(key).digest("hex").slice(0, 16)],
    ...surroundings.map((name) => [name, process.env[name]] as const),
  ] as const;
  return Object.fromEntries(named.flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

const surroundings = [
  "AWS_PROFILE",
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_SSM",
  "AWS_ENDPOINT_URL_SECRETS_MANAGER",
] as const;

/** Two machines' clocks, or one that was set. */
const clockMillisecondsMax = 5 * 60_000;

function parsed(text: string, file: string): Header & { readonly sealed: string } {
  try {
    const { sealed, ...header } = JSON.parse(text);
    const isOurs = header.format === format && Array.isArray(header.references);
    if (isOurs && typeof sealed === "string") return { ...header, sealed };
  } catch {
    // Told below, without what stands in it.
  }
  throw unusable(`${file} is no fallback copy`);
}

function unusable(message: string): CommandFailure {
  return new CommandFailure(message, "start again when the store answers; that saves a new one");
}
