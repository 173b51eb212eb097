/** The three unmodified AWS clients behind one face: an operation by AWS's name, its output or code. */
import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cleanEnvironment } from "../../harness/vault-process.ts";

export type ServiceName = "secretsmanager" | "ssm";
export type Environment = Readonly<Record<string, string>>;

/** What came back: the output's members, or the error's code. */
export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: outputs of every operation.
  readonly output?: any;
  readonly code?: string;
}

export interface AwsClient {
  readonly name: string;
  call(service: ServiceName, operation: string, input: Record<string, unknown>): Promise<Answer>;
  /** All pages of a list, as the client's own paginator gives them; the AWS CLI joins them. */
  pages(service: ServiceName, operation: string, input: Record<string, unknown>): Promise<Answer>;
  close(): void;
}

/**
 * Each is made with nothing but the environment: AWS_ENDPOINT_URL, region, credentials. It may be
 * started through another command, as `claviger run … --`.
 */
export type MakeClient = (environment: Environment, through?: readonly string[]) => AwsClient;

export const javascriptSdk: MakeClient = (environment, through = []) =>
  lineClient("AWS SDK for JavaScript", environment, [
    ...through,
    process.execPath,
    besideThis("javascript-client.ts"),
  ]);

export const awsCli: MakeClient = (environment, through = []) => {
  const call: AwsClient["call"] = async (service, operation, input) => {
    const words = [service, kebab(operation), "--cli-input-json", JSON.stringify(input)];
    try {
      const command = [...through, "aws", ...words, "--output", "json"];
      const stdout = await printed(environment, command);
      return { output: stdout === "" ? {} : JSON.parse(stdout) };
    } catch (error) {
      const { stderr = "" } = error as { stderr?: string };
      return { code: stderr.match(/\((\w+)\)/)?.[1] ?? stderr.trim() };
    }
  };
  return {
    name: "AWS CLI",
    call,
    async pages(...list) {
      const { output, ...failed } = await call(...list);
      return output === undefined ? failed : { output: [output] };
    },
    close() {},
  };
};

export const boto3: MakeClient = (environment, through = []) =>
  lineClient(
    "boto3",
    environment,
    [...through, "python3", besideThis("boto3_client.py")],
    (operation) => kebab(operation).replaceAll("-", "_"),
  );

/** What a command prints in the environment that a client has. Rejects as execFile does. */
export async function printed(
  environment: Environment,
  [command = "", ...words]: readonly string[],
): Promise<string> {
  const { stdout } = await promisify(execFile)(command, words, { env: withClient(environment) });
  return stdout;
}

/** A client that is a program of its own: a JSON line a call, a JSON line an answer. */
function lineClient(
  name: string,
  environment: Environment,
  [command = "", ...words]: readonly string[],
  spelled: (operation: string) => string = (operation) => operation,
): AwsClient {
  const child = spawn(command, words, {
    env: withClient(environment),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers: AsyncIterator<string> = createInterface({ input: child.stdout })[
    Symbol.asyncIterator
  ]();
  const ask = async (call: Record<string, unknown>): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(call)}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error(`${name} ended`);
    return JSON.parse(value);
  };
  return {
    name,
    call: (service, operation, input) => ask({ service, operation: spelled(operation), input }),
    pages: (service, operation, input) =>
      ask({ service, operation: spelled(operation), input, isPaged: true }),
    close() {
      child.stdin.end();
    },
  };
}

/** Whether this machine has the client; CI's has all three. */
export async function isInstalled(make: MakeClient): Promise<boolean> {
  const probe = make === awsCli ? ["aws", "--version"] : ["python3", "-c", "import boto3"];
  if (make === javascriptSdk) return true;
  const [command = "", ...words] = probe;
  return promisify(execFile)(command, words).then(
    () => true,
    () => false,
  );
}

function withClient(environment: Environment): Record<string, string> {
  // The clients' own configuration files are no part of "nothing but the environment".
  return {
    ...cleanEnvironment(),
    ...environment,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_MAX_ATTEMPTS: "1",
    AWS_PAGER: "",
  };
}

function besideThis(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

function kebab(operation: string): string {
  return operation.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
