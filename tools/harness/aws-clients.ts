/**
 * The AWS SDK's clients for a running vault, as its root or as somebody else: each asks once and
 * never again, and gives up after a while, so that no retry and no endless wait hides a fault.
 */
import { Agent } from "node:http";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { STS } from "@aws-sdk/client-sts";
import { clientConfiguration } from "../prove/client-configuration.ts";
import type { VaultProcess } from "./vault-process.ts";

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface AwsClients {
  readonly ssm: SSM;
  readonly secrets: SecretsManager;
  readonly kms: KMS;
  readonly iam: IAM;
  readonly sts: STS;
  readonly trail: CloudTrail;
}

/** Longer than a vault may take to say that it can't. */
export const replyMillisecondsMax = 15_000;

/** Connections and clients go with the process that they are for. */
const agents = new WeakMap<VaultProcess, Agent>();
const rootClients = new WeakMap<VaultProcess, AwsClients>();

/** As the account root. */
export function asRoot(vault: VaultProcess): AwsClients {
  const known = rootClients.get(vault) ?? clientsFor(vault);
  rootClients.set(vault, known);
  return known;
}

/** As whose keys they are: made once for each process that they are used with. */
export function clientsOf(keys: Keys): (vault: VaultProcess) => AwsClients {
  const kept = new WeakMap<VaultProcess, AwsClients>();
  return (vault) => {
    const clients = kept.get(vault) ?? clientsFor(vault, keys);
    kept.set(vault, clients);
    return clients;
  };
}

function clientsFor(vault: VaultProcess, keys?: Keys): AwsClients {
  const agent = agents.get(vault) ?? new Agent({ keepAlive: true });
  agents.set(vault, agent);
  const given = clientConfiguration(vault.environment);
  const configuration = {
    ...given,
    credentials: keys ? withoutUndefined(keys) : given.credentials,
    requestHandler: {
      httpAgent: agent,
      requestTimeout: replyMillisecondsMax,
      throwOnRequestTimeout: true,
    },
  };
  return lazily({
    ssm: () => new SSM(configuration),
    secrets: () => new SecretsManager(configuration),
    kms: () => new KMS(configuration),
    iam: () => new IAM(configuration),
    sts: () => new STS(configuration),
    trail: () => new CloudTrail(configuration),
  });
}

function withoutUndefined({ accessKeyId, secretAccessKey, sessionToken }: Keys) {
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

type Makers = { readonly [Name in keyof AwsClients]: () => AwsClients[Name] };

/** A client costs a millisecond to make, and most keys are used for one service. */
function lazily(makers: Makers): AwsClients {
  const clients = {};
  for (const [name, make] of Object.entries(makers)) {
    let made: unknown;
    Object.defineProperty(clients, name, { get: () => (made ??= make()) });
  }
  return clients as AwsClients;
}
