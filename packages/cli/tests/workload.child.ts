/** A workload: an unmodified SDK and nothing but its environment. Prints what it sees and can read. */
import { readFileSync, statSync } from "node:fs";
import { SSM } from "@aws-sdk/client-ssm";
import { STS } from "@aws-sdk/client-sts";

const files = [
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
].flatMap((name) => process.env[name] ?? []);
const ssm = new SSM();
const { expiration } = await ssm.config.credentials();

process.stdout.write(
  JSON.stringify({
    environment: process.env,
    files: Object.fromEntries(
      files.map((path) => {
        const mode = (statSync(path).mode & 0o777).toString(8);
        return [path, { mode, text: readFileSync(path, "utf8") }];
      }),
    ),
    read: {
      "/weather-api/token": await read("/weather-api/token"),
      "/billing/token": await read("/billing/token"),
    },
    caller: (await new STS().getCallerIdentity()).Arn,
    secondsLeft: ((expiration?.getTime() ?? 0) - Date.now()) / 1000,
  }),
);

async function read(Name: string): Promise<string | undefined> {
  try {
    return (await ssm.getParameter({ Name, WithDecryption: true })).Parameter?.Value;
  } catch (error) {
    return (error as Error).name;
  }
}
