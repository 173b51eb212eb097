/**
 * What an instance knows about itself, as far as SDKs ask: its role's credentials, and its region.
 * There is no instance: its id is this host's, and what has no counterpart is null.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html
 */
import { createHash } from "node:crypto";
import { arch, hostname } from "node:os";
import { inSeconds } from "./role-credentials.ts";
import type { WorkloadCredentials } from "./workload-credentials.ts";

export interface Instance {
  /** Of its one role. */
  readonly credentials: WorkloadCredentials;
  readonly region: string;
}

export type Leaf = () => string | Promise<string>;
export interface Tree {
  readonly [name: string]: Tree | Leaf;
}

export function instanceTree({ credentials, region }: Instance): Tree {
  const { roleName } = credentials;
  const instanceId = instanceIdOf(hostname());
  const availabilityZone = `${region}a`;
  return {
    dynamic: {
      "instance-identity": {
        document: () => identityDocument(credentials, { region, availabilityZone, instanceId }),
      },
    },
    "meta-data": {
      iam: {
        info: () => profileInfo(credentials),
        "security-credentials": { [roleName]: () => securityCredentials(credentials) },
      },
      "instance-id": () => instanceId,
      placement: { "availability-zone": () => availabilityZone, region: () => region },
    },
  };
}

async function securityCredentials(credentials: WorkloadCredentials): Promise<string> {
  const current = await credentials.get();
  return json({
    Code: "Success",
    LastUpdated: inSeconds(current.issuedAt),
    Type: "AWS-HMAC",
    ...current.reveal(),
  });
}

/** The instance profile is named as its role, as the console names it. */
async function profileInfo(credentials: WorkloadCredentials): Promise<string> {
  const { roleArn, issuedAt } = await credentials.get();
  return json({
    Code: "Success",
    LastUpdated: inSeconds(issuedAt),
    InstanceProfileArn: roleArn.replace(":role/", ":instance-profile/"),
    InstanceProfileId: null,
  });
}

function identityDocument(
  { accountId }: WorkloadCredentials,
  place: Readonly<Record<"region" | "availabilityZone" | "instanceId", string>>,
): string {
  return json({
    accountId,
    architecture: arch() === "arm64" ? "arm64" : "x86_64",
    ...place,
    billingProducts: null,
    devpayProductCodes: null,
    imageId: null,
    instanceType: null,
    kernelId: null,
    marketplaceProductCodes: null,
    pendingTime: null,
    privateIp: null,
    ramdiskId: null,
    version: "2017-09-30",
  });
}

/** The same at every start on one host. */
function instanceIdOf(host: string): string {
  return `i-${createHash("sha256").update(host).digest("hex").slice(0, 17)}`;
}

function json(value: object): string {
  return JSON.stringify(value, undefined, 2);
}
