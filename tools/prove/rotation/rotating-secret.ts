/** Secrets that rotate, each at a provider of its own with somebody in between. */
import { asRoot } from "../../harness/aws-clients.ts";
import { type InterferingProxy, startInterferingProxy } from "../../harness/interfering-proxy.ts";
import { functionArn } from "../../harness/lambda.ts";
import type { VaultProcess } from "../../harness/vault-process.ts";
import { unlessThere } from "./functions-role.ts";
import { beginRotation } from "./rotations.ts";
import { startWeatherProvider, type WeatherProvider } from "./weather-provider.ts";

/** It is there before the vault is, whose rotators file names it. */
export interface Place {
  /** Of the secret, and of the site in the rotators file. */
  readonly name: string;
  readonly type: "WeatherToken" | "OnlyWeatherToken";
  readonly provider: WeatherProvider;
  /** Through which rotators find the provider. */
  readonly proxy: InterferingProxy;
  close(): Promise<void>;
}

export interface RotatingSecret {
  readonly name: string;
  readonly arn: string;
  readonly provider: WeatherProvider;
  /** Asks that vault to. Resolves with the id of the version that comes to be. */
  rotate(vault: VaultProcess): Promise<string>;
}

export async function startPlace(name: string, type: Place["type"]): Promise<Place> {
  const provider = await startWeatherProvider(type === "OnlyWeatherToken" ? 1 : 2);
  const proxy = await startInterferingProxy(provider.url);
  return {
    name,
    type,
    provider,
    proxy,
    async close() {
      proxy.close();
      await provider.close();
    },
  };
}

/** As the rotators file has them. */
export function sitesOf(places: readonly Place[]): Record<string, string> {
  return Object.fromEntries(places.map(({ name, proxy }) => [name, proxy.url]));
}

/** Rotated by a built-in rotator, or by the function of that name. */
export async function makeRotatingSecret(
  vault: VaultProcess,
  { name, type, provider }: Place,
  gracePeriod: string,
  functionName?: string,
): Promise<RotatingSecret> {
  const { secrets } = asRoot(vault);
  const admin = { Name: `${name}/managementKey`, SecretString: provider.managementKey };
  const { ARN: adminSecretArn = "" } = await secrets.createSecret(admin);
  const isBuiltIn = functionName === undefined;
  const { ARN: arn = "" } = await secrets.createSecret({
    Name: name,
    SecretString: provider.firstToken,
    ...(isBuiltIn && { Type: type }),
  });
  const metadata = { adminSecretArn, gracePeriod, site: name };
  const rotator = isBuiltIn
    ? {
        ExternalSecretRotationRoleArn: await rotationRole(vault),
        ExternalSecretRotationMetadata: Object.entries(metadata).map(([Key, Value]) => ({
          Key,
          Value,
        })),
      }
    : { RotationLambdaARN: functionArn(functionName) };
  const settings = { ...rotator, RotationRules: { AutomaticallyAfterDays: 30 } };
  return { name, arn, provider, rotate: (at) => beginRotation(at, arn, settings) };
}

/** Of all of them: a rotation's own session is bounded to its secret anyway. */
async function rotationRole(vault: VaultProcess): Promise<string> {
  const { iam } = asRoot(vault);
  const RoleName = "rotation";
  const policy = (statement: object) =>
    JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", ...statement } });
  const trust = {
    Principal: { Service: "secretsmanager.amazonaws.com" },
    Action: "sts:AssumeRole",
  };
  await unlessThere(iam.createRole({ RoleName, AssumeRolePolicyDocument: policy(trust) }));
  await iam.putRolePolicy({
    RoleName,
    PolicyName: "rotate",
    PolicyDocument: policy({ Action: "secretsmanager:*", Resource: "*" }),
  });
  return `arn:aws:iam::123456789012:role/${RoleName}`;
}
