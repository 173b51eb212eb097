/**
 * `claviger agent`: gives one or several roles' credentials to the workloads of this machine, in
 * the foreground, where unmodified SDKs look for them, and leaves nothing behind.
 */
import {
  containerCredentials,
  containerRole,
  type Endpoint,
  instanceMetadata,
  type LocalServer,
  mayServe,
  serveLocally,
  type Tls,
  type Trouble,
} from "@claviger/agent";
import { Command } from "commander";
import { containerWay, instanceWay, surroundings } from "../agent-instructions.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import { makePrivateFolder } from "../private-folder.ts";
import { type AssumedRole, assumed, type RoleFlags, withRoleFlags } from "../workload-role.ts";

interface AgentFlags extends RoleFlags {
  readonly role: readonly string[];
  readonly imds?: string;
  readonly container?: string;
  readonly host: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

export const agentCommand = withRoleFlags(
  new Command("agent")
    .description("give roles' credentials to workloads, as EC2, ECS and EKS do")
    .requiredOption("--role <ROLE...>", "the role's name in your own account, or its ARN"),
)
  .option("--container <PORT>", "serve container credentials (default on a free port)")
  .option("--imds <PORT>", "serve instance metadata, of one role")
  .option("--host <ADDRESS>", "loopback, or the address that ECS, EKS or EC2 has", "127.0.0.1")
  .option("--tls-cert <FILE>", "certificate, to serve container credentials on other addresses")
  .option("--tls-key <FILE>", "its key")
  .option("--web-identity-token-file <FILE>", "assume the roles with this token")
  .action(async (flags: AgentFlags) => {
    const plan = planned(flags);
    const roles = await Promise.all(flags.role.map((name) => assumed(name, flags, warn(name))));
    if (new Set(roles.map(({ credentials }) => credentials.roleArn)).size < roles.length) {
      throw off("a role is given twice", "give each once, by its name or its ARN");
    }
    const signal = await serve(roles, plan);
    if (signal === "SIGINT") process.exitCode = exitCodes.interrupted;
  });

interface Plan {
  readonly host: string;
  readonly tls: Tls | undefined;
  readonly imdsPort: number | undefined;
  readonly containerPort: number | undefined;
}

/** Throws CommandFailure before anything is asked for. */
function planned({ role, host, imds, container, tlsCert, tlsKey }: AgentFlags): Plan {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw off("--tls-cert and --tls-key belong together", "give both, or neither");
  }
  if (imds !== undefined && role.length > 1) {
    throw off("--imds serves one role, as an instance has one", "start an agent for each role");
  }
  const hasTls = tlsCert !== undefined && tlsKey !== undefined;
  const plan = {
    host,
    tls: hasTls ? { certFile: tlsCert, keyFile: tlsKey } : undefined,
    imdsPort: portOf(imds),
    containerPort: portOf(container ?? (imds === undefined ? "0" : undefined)),
  };
  if (plan.imdsPort !== undefined && !mayServe("imds", host, hasTls)) {
    const hint = "give loopback, 169.254.169.254 or fd00:ec2::254";
    throw off(`instance metadata asks nobody for a token, and ${host} may be reached`, hint);
  }
  if (plan.containerPort !== undefined && !mayServe("container", host, hasTls)) {
    const hint = "give --tls-cert and --tls-key, or loopback, 169.254.170.2 or 169.254.170.23";
    throw off(
      `${host} is not loopback, and credentials would cross the network in the clear`,
      hint,
    );
  }
  return plan;
}

function portOf(typed: string | undefined): number | undefined {
  if (typed === undefined) return undefined;
  const port = /^\d{1,5}$/.test(typed) ? Number(typed) : Number.NaN;
  if (port <= 65_535) return port;
  throw off(`'${typed}' is not a port`, "give a number from 0 to 65535");
}

function off(message: string, hint: string): CommandFailure {
  return new CommandFailure(message, hint, exitCodes.wrongWords);
}

/** Serves until a signal. Resolves with it when nothing is left. */
async function serve(
  roles: readonly AssumedRole[],
  { host, tls, imdsPort, containerPort }: Plan,
): Promise<NodeJS.Signals> {
  const signalled = nextSignal();
  const folder = makePrivateFolder();
  const servers: LocalServer[] = [];
  const listen = async (endpoint: Endpoint, port: number) => {
    const server = await serveLocally(endpoint, { host, port, tls });
    servers.push(server);
    return server.url;
  };
  try {
    const said = roles.slice(0, 1).map(surroundings);
    if (containerPort !== undefined) {
      const served = roles.map(({ credentials }) => containerRole(credentials));
      const url = await listen(containerCredentials(served), containerPort);
      for (const [at, role] of served.entries()) {
        said.push(containerWay(url, role, folder.write(`token-${at + 1}`, role.token)));
      }
    }
    const [instance] = roles;
    if (imdsPort !== undefined && instance !== undefined) {
      const url = await listen(instanceMetadata(instance), imdsPort);
      said.push(instanceWay(url, instance.credentials));
    }
    process.stdout.write(said.join(""));
    return await signalled;
  } finally {
    folder.remove();
    for (const { credentials } of roles) credentials.close();
    await Promise.all(servers.map((server) => server.close()));
  }
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const) {
      process.once(signal, () => resolve(signal));
    }
  });
}

/** On standard error, each time that a renewal fails: why, and until when that does no harm. */
function warn(role: string): (trouble: Trouble) => void {
  return ({ error, expiresAt }) => {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const until = new Date(expiresAt).toISOString();
    process.stderr.write(`warning: ${role} is not renewed, and good until ${until}: ${why}\n`);
  };
}
