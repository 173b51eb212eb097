/** All that the vault keeps, joined over its databases: opened in the order in which one needs another. */
import { coalesceFailures } from "../audit/coalesced-failures.ts";
import type { AuditLog } from "../audit/event.ts";
import { ChangeFeed } from "../changes/change-feed.ts";
import { ChangeHistory } from "../changes/history.ts";
import { NoticeJournal } from "../changes/notice-journal.ts";
import { recordChanges } from "../changes/recorded-storage.ts";
import { ConfigurationError } from "../configuration/configuration-error.ts";
import { parseRootKeySetting, rootKeySource } from "../encryption/root-keys/sources.ts";
import { auditSigner } from "../keys/audit-signer.ts";
import { keyMaterialRows } from "../keys/key-material.ts";
import { Keys } from "../keys/keys.ts";
import { KeyRing } from "../keys/ring/key-ring.ts";
import { type NewSource, Rekey } from "../keys/ring/rekey.ts";
import { Resealing } from "../keys/ring/resealing.ts";
import { SealedKeys, sealedKeyRows } from "../keys/ring/sealed-keys.ts";
import type { SealedRows } from "../keys/ring/sealed-rows.ts";
import type { Notice } from "../notices.ts";
import { Parameters } from "../parameters/parameters.ts";
import { firstAccountOf } from "../principals/accounts/first-account.ts";
import { accessKeyRows } from "../principals/entities/access-keys.ts";
import { Principals } from "../principals/principals.ts";
import { tokenKeys } from "../principals/sessions/session-tokens.ts";
import { Sessions } from "../principals/sessions/sessions.ts";
import { Secrets } from "../secrets/secrets.ts";
import type { Storage } from "../storage/storage.ts";
import type { DatabaseParts, Databases } from "./databases.ts";

/** Every kind of row that is sealed under the key ring. */
const sealedRows: readonly SealedRows[] = [sealedKeyRows, keyMaterialRows, accessKeyRows];

export interface DomainParts extends Omit<DatabaseParts, "metrics"> {
  onFault(fault: unknown): void;
  onNotice(notice: Notice): void;
}

export interface Domain {
  /** Its sealed rows are open. */
  readonly storage: Storage;
  /** The same; what is committed by it the change feed tells. */
  readonly recorded: Storage;
  readonly ring: KeyRing;
  readonly sealedKeys: SealedKeys;
  readonly resealing: Resealing;
  readonly rekey: Rekey;
  readonly keys: Keys;
  readonly principals: Principals;
  readonly sessions: Sessions;
  readonly auditLog: AuditLog;
  readonly history: ChangeHistory;
  readonly journal: NoticeJournal;
  readonly changeFeed: ChangeFeed;
  readonly secrets: Secrets;
  readonly parameters: Parameters;
}

/** Throws ConfigurationError where the databases are another account's. */
export async function openDomain(databases: Databases, parts: DomainParts): Promise<Domain> {
  const { configuration, clock, randomness, onFault, onNotice } = parts;
  const { accountId, limits } = configuration;
  const { ring, sourceOf } = await openRing(databases, parts);
  const { storage } = ring;
  const sealedKeys = new SealedKeys(storage, ring, randomness);
  await requireOwnAccount(databases, storage, parts);
  await sealedKeys.makeAll([tokenKeys]);
  const keys = new Keys(storage, ring, sealedKeys, clock, randomness);
  const root = databases.root();
  const principals = new Principals(storage, ring, clock, randomness, {
    accountId,
    accessKeyId: root.accessKeyId,
    get secretAccessKey() {
      return root.secretAccessKey;
    },
  });
  const auditLog = coalesceFailures(
    await databases.openAuditLog(await auditSigner(sealedKeys)),
    clock,
    databases.freshness,
  );
  const history = new ChangeHistory(storage, clock, {
    commitsMax: limits.changesMax,
    millisecondsMax: limits.changeHoursMax * 3_600_000,
  });
  const streams = {
    streamsMax: limits.changeStreamsMax,
    streamsPerPrincipalMax: limits.changeStreamsPerPrincipalMax,
  };
  const journal = new NoticeJournal(storage, clock, onNotice);
  const recorded = recordChanges(storage, clock);
  const resealing = new Resealing(ring, sealedRows);
  return {
    storage,
    recorded,
    ring,
    sealedKeys,
    resealing,
    rekey: new Rekey(ring, resealing, { accountId, sourceOf, onFault }),
    keys,
    principals,
    sessions: new Sessions(sealedKeys, principals, clock, randomness),
    auditLog,
    history,
    journal,
    changeFeed: new ChangeFeed(history, streams, databases.freshness),
    secrets: new Secrets(recorded, keys, sealedKeys, clock, randomness, journal),
    parameters: new Parameters(recorded, keys, sealedKeys, clock, randomness, {
      notices: journal,
      limits: { Standard: limits.standardParametersMax, Advanced: limits.advancedParametersMax },
    }),
  };
}

async function openRing(
  databases: Databases,
  { configuration, clock, randomness }: Pick<DomainParts, "configuration" | "clock" | "randomness">,
) {
  const endpoint = configuration.rootKeyEndpoint;
  // A rekey to another passphrase names its file; to the same one it need not.
  const sourceOf = ({ source, passphraseFile = configuration.passphraseFile }: NewSource) =>
    rootKeySource(parseRootKeySetting(source, passphraseFile), endpoint);
  const source = rootKeySource(databases.rootKey, endpoint);
  const ring = await KeyRing.open(databases.storage, source, {
    sealedRows,
    clock,
    randomness,
    sourceNamed: (name) => sourceOf({ source: name, passphraseFile: undefined }),
  });
  return { ring, sourceOf };
}

async function requireOwnAccount(
  databases: Databases,
  storage: Storage,
  { configuration, clock }: Pick<DomainParts, "configuration" | "clock">,
): Promise<void> {
  const { accountId: given, database } = configuration;
  const accountId = await firstAccountOf(storage, given, clock.now());
  if (accountId === given) return;
  throw new ConfigurationError(
    `${databases.name} belongs to account ${accountId}, not to ${given}`,
    `give --account-id ${accountId}, or another ${database ? "--database" : "--data"}`,
  );
}
