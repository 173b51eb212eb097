/**
 * What a user types and sees, in this process: a tenth of what a process of its own costs. For
 * commands whose words are in question, and not how the process starts, ends or is signalled.
 */
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { cleanEnvironment } from "../../../tools/harness/vault-process.ts";
import { runTyped } from "../src/typed.ts";

/** Where the command lies, to be started as a process of its own. */
export const command = fileURLToPath(new URL("../bin/claviger", import.meta.url));

export interface Seen {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  /** Standard output as it came. */
  readonly bytes: Buffer;
}

export interface Typing {
  /** All of it: nothing of this process's own is seen. */
  readonly environment: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
}

/** `words` stand apart by one space; `input` is standard input. */
export type Type = (words: string, input?: string | Uint8Array) => Promise<Seen>;

export function typeAs(environment: () => Readonly<Record<string, string>>): Type {
  return (words, input = "") =>
    typeHere(words.split(" "), {
      environment: { ...cleanEnvironment(), ...environment(), NO_COLOR: "1" },
      input,
    });
}

/** One at a time: the streams and the environment are the process's. */
export async function typeHere(
  words: readonly string[],
  { environment, input = "" }: Typing,
): Promise<Seen> {
  const own = { environment: process.env, stdin: process.stdin, exitCode: process.exitCode };
  const streams = [captured(process.stdout), captured(process.stderr)] as const;
  process.env = { ...environment };
  process.exitCode = undefined;
  const typed = Object.assign(Readable.from([Buffer.from(input as Uint8Array)]), { isTTY: false });
  Object.defineProperty(process, "stdin", { value: typed, configurable: true });
  try {
    const status = (await runTyped(words)) ?? Number(process.exitCode ?? 0);
    const [stdout, stderr] = streams.map(({ printed }) => printed());
    return { stdout: String(stdout), stderr: String(stderr), status, bytes: stdout as Buffer };
  } finally {
    process.env = own.environment;
    process.exitCode = own.exitCode;
    Object.defineProperty(process, "stdin", { value: own.stdin, configurable: true });
    for (const { release } of streams) release();
  }
}

function captured(stream: NodeJS.WriteStream) {
  const { write } = stream;
  const chunks: Buffer[] = [];
  // As a stream does it, with a callback in the last place.
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    chunks.push(Buffer.from(chunk as Uint8Array));
    const done = rest.at(-1);
    if (typeof done === "function") done();
    return true;
  };
  return {
    printed: () => Buffer.concat(chunks),
    release() {
      stream.write = write;
    },
  };
}
