/** A secret and its versions as they are stored, and as authorisation sees them. */
import type { Permit } from "../authorization/authorize.ts";
import type { PrincipalIds, Resource } from "../authorization/types.ts";
import type { Scope } from "../scope.ts";
import { type Put, type Row, table } from "../storage/storage.ts";
import { type Announced, nextAnnouncement } from "./expiry.ts";
import type { Revocation } from "./revocation.ts";
import { nextRotationMoment } from "./rotation.ts";
import type { RotationRules } from "./rotation-rules.ts";
import type { Stages } from "./versions.ts";

/** Key: `account/region/name`, so that a name and an ARN are both one look-up. Times in ms. */
export interface SecretRecord {
  readonly arn: string;
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** As the caller named it; absent for the AWS managed key aws/secretsmanager. */
  readonly kmsKeyId?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Its last tag was taken away: AWS shows an empty list then, and none where there never was one. */
  readonly wasTagged?: true | undefined;
  readonly policy?: SecretPolicy | undefined;
  readonly rotation?: Rotation | undefined;
  /** Which provider's key it holds, for a rotator that knows such keys. */
  readonly type?: string | undefined;
  readonly lastRotatedDate?: number | undefined;
  /** Of a secret with replicas and of each of them: the region where it is changed. */
  readonly primaryRegion?: string | undefined;
  /** Of a primary: where it is replicated to, in the order of the regions' names. */
  readonly replicas?: readonly Replica[] | undefined;
  readonly stages: Stages;
  /** Versions that are given out no more, by id (`revocation.ts`). */
  readonly revoked?: Readonly<Record<string, Revocation>> | undefined;
  /** All versions, deprecated ones included. */
  readonly versionCount: number;
  readonly createdDate: number;
  readonly lastChangedDate: number;
  /** Midnight UTC of the day, as AWS gives it. */
  readonly lastAccessedDate?: number | undefined;
  /** The same for its versions, by id: kept here, so that a read rewrites no value. */
  readonly versionAccessDates?: Readonly<Record<string, number>> | undefined;
  /** When the recovery window ends, on a secret that is scheduled for deletion. */
  readonly deletedDate?: number | undefined;
  /** Of the end that the tag `claviger:expires-at` gives. */
  readonly announced?: Announced | undefined;
}

/** A document that was found good, and whom it means by the ARNs in it. */
export interface SecretPolicy {
  readonly document: string;
  readonly principals: PrincipalIds;
}

/** How a secret is to be rotated; kept, turned off, when rotation is cancelled. */
export interface Rotation {
  readonly isEnabled: boolean;
  /** Empty where the secret's type says who rotates it. */
  readonly lambdaArn: string;
  readonly external?: ExternalRotation | undefined;
  readonly rules: RotationRules;
  /** The end of the window in which it falls due; undefined where nothing is scheduled. */
  readonly nextRotationDate?: number | undefined;
  /** There is nothing more to announce of that window. */
  readonly isAnnounced?: true | undefined;
}

/** AWS's managed external secret: what the rotator of its type is told, and as whom it acts. */
export interface ExternalRotation {
  readonly metadata: Readonly<Record<string, string>>;
  readonly roleArn: string;
}

/** A region that a primary is replicated to. */
export interface Replica {
  readonly region: string;
  /** As the caller named it; undefined for the AWS managed key. */
  readonly kmsKeyId?: string | undefined;
  /** What has failed stays as it is until it is replicated again. */
  readonly status: "InSync" | "Failed";
  readonly statusMessage: string;
}

/** Key: `account/region/name:suffix:version id`; the value's envelope is the row's sealed part. */
export interface VersionRecord {
  readonly versionId: string;
  /** Which member the value came in and goes out by. */
  readonly form: "string" | "binary";
  /** The KMS key that sealed it. */
  readonly keyArn: string;
  /** Equal for equal values (`keys.fingerprint`). */
  readonly fingerprint: string;
  readonly createdDate: number;
}

export type VersionRow = Row<VersionRecord>;

export const secretTable = table<SecretRecord>("secrets");
export const versionTable = table<VersionRecord>("secret_versions");

/** A secret that has been looked for; `record` is undefined where there is none. */
export interface SecretResource extends Resource {
  readonly scope: Scope;
  readonly name: string;
  readonly record: SecretRecord | undefined;
}

/** All secrets of an account in a region: what ListSecrets is asked on. */
export interface SecretsResource extends Resource {
  readonly scope: Scope;
}

export type SecretPermit<Action extends string> = Permit<
  `secretsmanager:${Action}`,
  SecretResource
>;

/** A version on its way into its row. */
export interface SealedVersion {
  readonly body: VersionRecord;
  readonly sealed: Uint8Array;
  /** What must be there now for it to be written. */
  readonly replaces: Row<VersionRecord> | "absent";
}

export function secretsResource(scope: Scope): SecretsResource {
  return { arn: "*", accountId: scope.accountId, tags: {}, nameInDenials: "", scope };
}

/** Rows of an account in a region start with this. */
export function scopePrefix({ accountId, region }: Scope): string {
  return `${accountId}/${region}/`;
}

export function secretKey(scope: Scope, name: string): string {
  return scopePrefix(scope) + name;
}

/** What the keys of a secret's versions start with. No name holds a colon, so no two overlap. */
export function versionsPrefix({ accountId, region, arn }: SecretRecord): string {
  const named = arn.slice(arn.lastIndexOf(":") + 1);
  return `${accountId}/${region}/${named.slice(0, -7)}:${named.slice(-6)}:`;
}

export function versionKey(record: SecretRecord, versionId: string): string {
  const last = lastKeys.get(record);
  if (last?.versionId === versionId) return last.key;
  const key = versionsPrefix(record) + versionId;
  lastKeys.set(record, { versionId, key });
  return key;
}

/**
 * The key of the version that was asked for last: as a rule the one that everybody reads. A text
 * that is joined anew must be hashed, and found among all texts there are, before a Map takes it.
 */
const lastKeys = new WeakMap<SecretRecord, { readonly versionId: string; readonly key: string }>();

/** A replica's ARN: its primary's but for the region. */
export function inRegion(arn: string, region: string): string {
  return arn.replace(/^(arn:aws:secretsmanager:)[^:]*/, `$1${region}`);
}

/** What a version's value is bound to, as AWS binds it. */
export function encryptionContext(arn: string, versionId: string) {
  return { SecretARN: arn, SecretVersionId: versionId };
}

/** Writes a secret with its places in the orders that ListSecrets offers and the sweeper walks. */
export function putSecret(body: SecretRecord, expect: Row<SecretRecord> | "absent"): Put {
  const inScope = scopePrefix(body);
  return {
    type: "put",
    table: secretTable,
    key: secretKey(body, body.name),
    body,
    expect: expect === "absent" ? expect : expect.revision,
    indexes: {
      "created-date": inScope + sortable(body.createdDate),
      "last-changed-date": inScope + sortable(body.lastChangedDate),
      "last-accessed-date": inScope + sortable(body.lastAccessedDate ?? 0),
      // The sweeper walks all accounts in the order of time.
      ...(body.deletedDate !== undefined && { "deleted-date": sortable(body.deletedDate) }),
      ...announcementEntry(body),
      ...rotationEntry(body),
    },
  };
}

/** In the order of time, of all accounts. */
export const announcementIndex = "announcement-date";

/** By the moment at which a rotation is to be announced or to begin, of all accounts. */
export const rotationIndex = "rotation-date";

/** A replica's end is announced as its primary's. */
function announcementEntry(record: SecretRecord): Readonly<Record<string, string>> {
  const next = isWatched(record) ? nextAnnouncement(record) : undefined;
  return next === undefined ? {} : { [announcementIndex]: sortable(next) };
}

function rotationEntry(record: SecretRecord): Readonly<Record<string, string>> {
  const next = isWatched(record) ? nextRotationMoment(record) : undefined;
  return next === undefined ? {} : { [rotationIndex]: sortable(next.at) };
}

/** Whether the schedule looks after it, as it does after a replica's primary. */
function isWatched({ primaryRegion, region, deletedDate }: SecretRecord): boolean {
  const isReplica = primaryRegion !== undefined && primaryRegion !== region;
  return !isReplica && deletedDate === undefined;
}

/** Writes a version with its place in the order that pruning walks. */
export function putVersion(record: SecretRecord, version: SealedVersion): Put {
  const { body, sealed, replaces } = version;
  return {
    type: "put",
    table: versionTable,
    key: versionKey(record, body.versionId),
    body,
    sealed,
    expect: replaces === "absent" ? replaces : replaces.revision,
    indexes: { "created-date": versionsPrefix(record) + sortable(body.createdDate) },
  };
}

/** Numbers as text in the order of numbers. */
function sortable(milliseconds: number): string {
  return String(milliseconds).padStart(15, "0");
}
