/**
 * Parameter Store and Secrets Manager as far as reading goes, on loopback: knows every name, counts
 * its calls, takes a moment to answer, and fails when told to.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface FarSide {
  readonly url: string;
  /** Requests since the last `reset()`, whatever became of them. */
  readonly calls: number;
  /** Answers 503 from now on. */
  fail(): void;
  /** Answers again, and counts from zero. */
  reset(): void;
  close(): Promise<void>;
}

type Input = Record<string, string & string[]>;

const operations: Readonly<Record<string, (input: Input) => object>> = {
  "AmazonSSM.GetParameter": ({ Name = "" as never }) => ({ Parameter: parameter(Name) }),
  "AmazonSSM.GetParameters": ({ Names = [] as never }) => ({
    Parameters: [...Names].map(parameter),
    InvalidParameters: [],
  }),
  "secretsmanager.GetSecretValue": ({ SecretId = "" as never }) => secret(SecretId),
  "secretsmanager.BatchGetSecretValue": ({ SecretIdList = [] as never }) => ({
    SecretValues: [...SecretIdList].map(secret),
    Errors: [],
  }),
};

const answerMilliseconds = 5;

export async function startFarSide(): Promise<FarSide> {
  let calls = 0;
  let isFailing = false;
  const server = createServer(async (request, response) => {
    // As AWS, it has no change feed.
    if (request.method !== "POST") {
      response.writeHead(404).end();
      return;
    }
    calls++;
    const operation = operations[String(request.headers["x-amz-target"])];
    const input = JSON.parse(await bodyOf(request)) as Input;
    setTimeout(() => {
      const isAnswered = operation !== undefined && !isFailing;
      response.writeHead(isAnswered ? 200 : 503, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(isAnswered ? operation(input) : { message: "failing" }));
    }, answerMilliseconds);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get calls() {
      return calls;
    },
    fail() {
      isFailing = true;
    },
    reset() {
      isFailing = false;
      calls = 0;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function parameter(name: string) {
  const ARN = `arn:aws:ssm:us-east-1:123456789012:parameter${name}`;
  return { Name: name, ARN, Type: "SecureString", Value: `value of ${name}`, Version: 1 };
}

function secret(id: string) {
  const ARN = `arn:aws:secretsmanager:us-east-1:123456789012:secret:${id}-AbCdEf`;
  const VersionId = "0f4bd6b1-5f10-4c7f-9d9c-4c1a7f8e2b11";
  return {
    ARN,
    Name: id,
    VersionId,
    SecretString: `value of ${id}`,
    VersionStages: ["AWSCURRENT"],
    CreatedDate: 1_700_000_000,
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const text of request.setEncoding("utf8")) body += text;
  return body;
}
