/**
 * Who reads the values, and who the command is: the role that was asked for, with an endpoint for
 * its credentials, or simply whoever runs us.
 */
import {
  containerCredentials,
  containerRole,
  serveLocally,
  type WorkloadCredentials,
} from "@claviger/agent";
import type { CredentialProvider, SecretsOptions } from "@claviger/client";
import { aws } from "../aws.ts";
import { makePrivateFolder } from "../private-folder.ts";
import { workloadEnvironment } from "../workload-environment.ts";
import type { AssumedRole } from "../workload-role.ts";

export interface Access extends Pick<SecretsOptions, "region" | "endpoint"> {
  readonly credentials: CredentialProvider;
}

export interface Identity {
  /** As an ARN; undefined for whoever runs us. */
  readonly roleArn: string | undefined;
  /** With what values are read, and where. */
  access(): Promise<Access>;
  /** What its commands have beside the variables they are given. */
  environment(): NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/** Whoever the SDKs find here. The command finds the same. */
export function ownIdentity(region: string | undefined): Identity {
  if (region !== undefined) process.env.AWS_REGION = region;
  return {
    roleArn: undefined,
    async access() {
      const { config } = await aws.sts();
      return { credentials: () => config.credentials(), region: await config.region() };
    },
    environment: () => process.env,
    close: async () => {},
  };
}

/**
 * A role, which the command finds as a container on ECS does, at an endpoint and with a token of
 * its own. Nothing of it is left when it is closed and the process has ended.
 */
export async function roleIdentity(role: AssumedRole): Promise<Identity> {
  const { credentials, region, endpointUrl } = role;
  const served = containerRole(credentials);
  const server = await serveLocally(containerCredentials([served]), { host: "127.0.0.1", port: 0 });
  let environment: NodeJS.ProcessEnv | undefined;
  return {
    roleArn: credentials.roleArn,
    async access() {
      return { region, endpoint: endpointUrl, credentials: () => asSdkHasThem(credentials) };
    },
    environment() {
      if (environment !== undefined) return environment;
      const folder = makePrivateFolder();
      environment = workloadEnvironment(process.env, {
        credentialsUrl: `${server.url}${served.path}`,
        tokenFile: folder.write("token", served.token),
        configFile: folder.write("config", ""),
        credentialsFile: folder.write("credentials", ""),
        region,
        endpointUrl,
      });
      return environment;
    },
    async close() {
      credentials.close();
      await server.close();
    },
  };
}

async function asSdkHasThem(credentials: WorkloadCredentials) {
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = (await credentials.get()).reveal();
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: Token,
    expiration: new Date(Expiration),
  };
}
