/**
 * The endpoint that ECS and EKS Pod Identity give a container: one path a role, each with a token
 * of its own, which whoever may have the role finds in AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Endpoint, LocalReply } from "./local-server.ts";
import { CredentialsUnavailable, type WorkloadCredentials } from "./workload-credentials.ts";

export interface ContainerRole {
  /** `/123456789012/weather-api`: two accounts may have roles of one name. */
  readonly path: string;
  /** The whole Authorization header. Whoever has it has the role while the agent runs. */
  readonly token: string;
  readonly credentials: WorkloadCredentials;
}

/** A role to serve, with a token that nobody knows yet. */
export function containerRole(credentials: WorkloadCredentials): ContainerRole {
  return {
    path: `/${credentials.accountId}/${credentials.roleName}`,
    token: randomBytes(32).toString("base64url"),
    credentials,
  };
}

export function containerCredentials(roles: readonly ContainerRole[]): Endpoint {
  const byPath = new Map(roles.map((role) => [role.path, role]));
  return {
    kind: "container",
    answer({ method, headers }, path) {
      const role = byPath.get(path);
      if (role === undefined) return failed(404, "NotFound", "There is nothing at this path.");
      if (method !== "GET") return failed(405, "MethodNotAllowed", "Only GET is allowed.");
      if (!isSame(headers.authorization ?? "", role.token)) {
        return failed(401, "Unauthorized", "The Authorization header is not this role's token.");
      }
      return credentialsOf(role);
    },
  };
}

async function credentialsOf({ credentials }: ContainerRole): Promise<LocalReply> {
  try {
    const current = await credentials.get();
    const { roleArn, accountId } = current;
    return json(200, { ...current.reveal(), RoleArn: roleArn, AccountId: accountId });
  } catch (error) {
    if (!(error instanceof CredentialsUnavailable)) throw error;
    return failed(503, error.name, error.message);
  }
}

/** Of equal digests: neither time nor an early return tells how much of a guess was right. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function failed(status: number, Code: string, Message: string): LocalReply {
  return json(status, { Code, Message });
}

function json(status: number, value: object): LocalReply {
  const body = JSON.stringify(value);
  return { status, headers: { "content-type": "application/json" }, body };
}
