/** What a vault knows of rotations and AWS has no operation for; undefined where AWS itself answers. */
import { explained } from "../stores/failures.ts";
import { allPages } from "../stores/pages.ts";
import type { Reference } from "../stores/reference.ts";
import { askIfVault, askVault } from "../vault-service.ts";
import { refusalOf } from "./refusals.ts";
import { type Reader, type Rotation, type RotationRun, spelled } from "./rotation.ts";

/** Of every secret that has rotation or had one, as far as the caller may describe it. */
export async function listRotations(): Promise<readonly Rotation[] | undefined> {
  let isVault = true;
  const found = await allPages(async (token) => {
    const page = await askIfVault<ListRotationsReply>("ListRotations", {
      MaxResults: 100,
      ...token,
    });
    isVault = page !== undefined;
    return { items: page?.Rotations ?? [], nextToken: page?.NextToken };
  });
  return isVault ? spelled(found) : undefined;
}

/** The newest run, with its steps and readers. */
export async function describeRotation(reference: Reference): Promise<RotationRun | undefined> {
  const input = { SecretId: reference.name };
  const reply = await explained(reference, () => askIfVault<object>("DescribeRotation", input));
  return reply && spelled(reply);
}

/** The old key dies at once, whoever still has it. */
export async function endOverlap(reference: Reference): Promise<undefined> {
  const input = { SecretId: reference.name };
  try {
    await explained(reference, () => askVault("EndRotationOverlap", input));
  } catch (error) {
    throw refusalOf(reference, error) ?? error;
  }
}

export interface Revoked {
  readonly versionId: string;
  /** Whether the provider is being asked to revoke the key, or nothing here can. */
  readonly providerRevocation: "Started" | "NotSupported";
  /** Who read it. */
  readonly readers: readonly Reader[];
}

/** From its reply on, no node gives that version to anybody. */
export async function revokeVersion(
  reference: Reference,
  VersionId: string,
  Reason: string | undefined,
): Promise<Revoked> {
  const input = { SecretId: reference.name, VersionId, Reason };
  return spelled(await explained(reference, () => askVault("RevokeSecretVersion", input)));
}

/** Who read this version, whether or not they still have credentials. */
export async function listReaders(
  reference: Reference,
  VersionId: string,
): Promise<readonly Reader[] | undefined> {
  const input = { SecretId: reference.name, VersionId };
  const reply = await explained(reference, () => askIfVault<object>("ListSecretReaders", input));
  return reply && spelled<{ readonly readers: readonly Reader[] }>(reply).readers;
}

export interface Tested {
  readonly result: "Passed" | "Failed" | "NotSupported";
  readonly reason?: string;
}

/** Whether the provider accepts the key of this version. */
export async function testVersion(
  reference: Reference,
  VersionId: string,
): Promise<Tested | undefined> {
  const input = { SecretId: reference.name, VersionId };
  const reply = await explained(reference, () => askIfVault<object>("TestSecretVersion", input));
  return reply && spelled(reply);
}

interface ListRotationsReply {
  readonly Rotations?: readonly object[];
  readonly NextToken?: string;
}
