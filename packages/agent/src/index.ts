/**
 * Role credentials for workloads, found by unmodified AWS SDKs the way they look for them on AWS:
 *
 * ```ts
 * const sts = new STSClient({});                       // the agent's own identity, by the SDK's chain
 * const credentials = await WorkloadCredentials.of(() => assumeRole(sts, request));
 * const server = await serveLocally(instanceMetadata({ credentials, region }), { host, port });
 * ```
 *
 * Read workload-credentials.ts first, then local-server.ts: nothing else holds or shows a secret.
 */
export { assumeRole, type RoleRequest, roleArnOf, StsTimeout } from "./assume-role.ts";
export {
  type ContainerRole,
  containerCredentials,
  containerRole,
} from "./container-credentials.ts";
export { instanceMetadata } from "./instance-metadata.ts";
export { mayServe } from "./listening-address.ts";
export { type Endpoint, type LocalServer, serveLocally, type Tls } from "./local-server.ts";
export {
  CredentialsUnavailable,
  type Trouble,
  WorkloadCredentials,
} from "./workload-credentials.ts";
