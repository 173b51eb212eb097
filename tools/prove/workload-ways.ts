/**
 * The four ways in which a workload on AWS finds its role's credentials, each as an environment
 * for a client and, for the last, the command that starts it.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanEnvironment, type VaultProcess } from "../harness/vault-process.ts";
import type { Environment } from "./clients/client.ts";

export interface Way {
  readonly name: string;
  readonly environment: Environment;
  /** What a client is started through. */
  readonly through: readonly string[];
}

export interface Ways {
  readonly ways: readonly Way[];
  /** Ends the agent. */
  close(): Promise<void>;
}

/** `webIdentityToken` is what an OIDC issuer, which the role trusts, says of the workload. */
export async function fourWaysTo(
  roleName: string,
  vault: VaultProcess,
  { root, folder, webIdentityToken }: Record<"root" | "folder" | "webIdentityToken", string>,
): Promise<Ways> {
  const command = join(root, "packages/cli/bin/claviger");
  const words = ["agent", "--role", roleName, "--imds", "0", "--container", "0"];
  const agent = spawn(command, words, {
    env: { ...cleanEnvironment(), ...vault.environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = await once(agent.stdout, "data");
  const [, container, instance] = String(printed).split("\n\n").map(variablesIn);
  const tokenFile = join(folder, "web-identity-token");
  writeFileSync(tokenFile, webIdentityToken, { mode: 0o600 });
  const { AWS_ENDPOINT_URL = "", AWS_REGION = "" } = vault.environment;
  // The AWS CLI keeps the sessions of web identities at home, and takes them up again.
  const HOME = join(folder, "home");
  mkdirSync(HOME);
  const place = { HOME, AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION: AWS_REGION };
  const webIdentity = {
    AWS_ROLE_ARN: `arn:aws:iam::123456789012:role/${roleName}`,
    AWS_ROLE_SESSION_NAME: "prove",
    AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
  };
  return {
    ways: [
      { name: "IMDSv2", environment: { ...place, ...instance }, through: [] },
      { name: "container endpoint", environment: { ...place, ...container }, through: [] },
      { name: "web identity", environment: { ...place, ...webIdentity }, through: [] },
      {
        name: "claviger run",
        // Its own: whoever runs it has a key, and its child must not.
        environment: { ...vault.environment, HOME },
        through: [command, "run", "--role", roleName, "--"],
      },
    ],
    async close() {
      agent.kill("SIGTERM");
      if (agent.exitCode === null) await once(agent, "exit");
    },
  };
}

function variablesIn(section: string): Environment {
  const lines = [...section.matchAll(/^export (\w+)=(.*)$/gm)];
  return Object.fromEntries(lines.map(([, name = "", value = ""]) => [name, value]));
}
