/** The three unmodified AWS clients behind one face: an operation by AWS's name, its output or code. */
import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
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
  close(): void;
}

/** Each is made with nothing but the environment: AWS_ENDPOINT_URL, region, credentials. */
export type MakeClient = (environment: Environment) => AwsClient;

export const javascriptSdk: MakeClient = (environment) => {
  const configuration = {
    endpoint: environment.AWS_ENDPOINT_URL ?? "",
    region: environment.AWS_REGION ?? "",
    maxAttempts: 1,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? "",
      ...(environment.AWS_SESSION_TOKEN && { sessionToken: environment.AWS_SESSION_TOKEN }),
    },
  };
  const clients = {
    secretsmanager: new SecretsManager(configuration),
    ssm: new SSM(configuration),
  };
  return {
    name: "AWS SDK for JavaScript",
    async call(service, operation, input) {
      const method = operation.charAt(0).toLowerCase() + operation.slice(1);
      try {
        // biome-ignore lint/suspicious/noExplicitAny: the aggregated client has a method for each.
        return { output: await (clients[service] as any)[method](input) };
      } catch (error) {
        return { code: (error as Error).name };
      }
    },
    close() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
};

export const awsCli: MakeClient = (environment) => ({
  name: "AWS CLI",
  async call(service, operation, input) {
    const words = [service, kebab(operation), "--cli-input-json", JSON.stringify(input)];
    try {
      const { stdout } = await promisify(execFile)("aws", [...words, "--output", "json"], {
        env: withClient(environment),
      });
      return { output: stdout === "" ? {} : JSON.parse(stdout) };
    } catch (error) {
      const { stderr = "" } = error as { stderr?: string };
      return { code: stderr.match(/\((\w+)\)/)?.[1] ?? stderr.trim() };
    }
  },
  close() {},
});

export const boto3: MakeClient = (environment) => {
  const script = fileURLToPath(new URL("boto3_client.py", import.meta.url));
  const child = spawn("python3", [script], {
    env: withClient(environment),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers: AsyncIterator<string> = createInterface({ input: child.stdout })[
    Symbol.asyncIterator
  ]();
  return {
    name: "boto3",
    async call(service, operation, input) {
      child.stdin.write(
        `${JSON.stringify({ service, operation: kebab(operation).replaceAll("-", "_"), input })}\n`,
      );
      const { value, done } = await answers.next();
      if (done) throw new Error("boto3 ended");
      return JSON.parse(value);
    },
    close() {
      child.stdin.end();
    },
  };
};

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

function kebab(operation: string): string {
  return operation.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
