/**
 * A Python function as Lambda runs it, behind Lambda's Invoke API on loopback: what runs it is a
 * stand-in of our own (`lambda_runtime.py`) for AWS's runtime interface emulator; boto3 is real.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { cleanEnvironment } from "./vault-process.ts";

export interface LambdaFunction {
  /** Its folder is where the module's own imports are looked for. */
  readonly file: string;
  readonly name: string;
  /** Chosen before, since the vault is told of it before the function's credentials can be made. */
  readonly port: number;
  /** Beside this process's own, without what would lead an AWS client elsewhere. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface Lambda {
  /** All that the function has logged so far. */
  readonly log: string;
  stop(): Promise<void>;
}

export function functionArn(name: string): string {
  return `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
}

/** CI's machine has it, and npm's packages alone must do for `npm test`. */
export function isBoto3Installed(): boolean {
  return spawnSync("python3", ["-c", "import boto3"]).status === 0;
}

/** Rejects where the module can't be imported, or somebody has the port. */
export async function startLambda(lambda: LambdaFunction): Promise<Lambda> {
  const { file, name, port, environment } = lambda;
  const runtime = fileURLToPath(new URL("lambda_runtime.py", import.meta.url));
  const python = spawn("python3", [runtime, file, name, String(port)], {
    env: { ...cleanEnvironment(), AWS_LAMBDA_FUNCTION_NAME: name, ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let log = "";
  python.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const ended = once(python, "exit");
  const [printed] = await Promise.race([once(python.stdout, "data"), ended.then(() => [])]);
  if (printed === undefined) throw new Error(`${file} does not start: ${log}`);
  return {
    get log() {
      return log;
    },
    async stop() {
      python.stdin.end();
      await ended;
    },
  };
}
