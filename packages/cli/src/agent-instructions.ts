/** What to set where a workload starts, so that its SDK finds the agent, as lines for a shell. */
import type { ContainerRole, WorkloadCredentials } from "@claviger/agent";
import { exportLines } from "./export-lines.ts";
import { otherSources } from "./workload-environment.ts";
import type { AssumedRole } from "./workload-role.ts";

/** For every workload, before the way to its role. */
export function surroundings({ region, endpointUrl }: AssumedRole): string {
  const vault = process.env.AWS_ENDPOINT_URL ?? endpointUrl;
  return section("first, for every workload: what SDKs would ask before the agent goes", [
    `unset ${[...otherSources, "AWS_EC2_METADATA_DISABLED"].join(" ")}`,
    ...exportLines({
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      ...(vault !== undefined && { AWS_ENDPOINT_URL: vault }),
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
    }),
  ]);
}

export function containerWay(url: string, role: ContainerRole, tokenFile: string): string {
  return section(
    `${role.credentials.roleArn}, as a container on ECS or EKS has it`,
    exportLines({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}${role.path}`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
    }),
  );
}

export function instanceWay(url: string, { roleArn }: WorkloadCredentials): string {
  return section(
    `${roleArn}, as an instance of EC2 has it`,
    exportLines({ AWS_EC2_METADATA_SERVICE_ENDPOINT: url }),
  );
}

function section(title: string, lines: readonly string[]): string {
  return `# ${title}\n${lines.join("\n")}\n\n`;
}
