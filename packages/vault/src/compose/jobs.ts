/** What comes round by itself in every vault, whichever of its nodes does it. */
import type { ChangeHistory } from "../changes/history.ts";
import type { NoticeJournal } from "../changes/notice-journal.ts";
import type { Clock } from "../clock.ts";
import type { Keys } from "../keys/keys.ts";
import type { KeyRing } from "../keys/ring/key-ring.ts";
import type { Resealing } from "../keys/ring/resealing.ts";
import type { SealedKeys } from "../keys/ring/sealed-keys.ts";
import type { Parameters } from "../parameters/parameters.ts";
import { tokenKeys, tokenMillisecondsMax } from "../principals/sessions/session-tokens.ts";
import type { RotationEngine } from "../rotation/engine.ts";
import type { Job } from "../schedule.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { ClockGuard } from "./clock-guard.ts";

/** What has expired reads as expired at once; this only gives its room back. */
const purgeMilliseconds = 3_600_000;

/** A notice is given within this of its moment. */
const noticeMilliseconds = 60_000;

/** A secret's rotation begins within this of its window's opening. */
const rotationMilliseconds = 60_000;

/** A key rotates within this of its time. */
const keySweepMilliseconds = 60_000;

/** What a kill, or a database that could not be written, has left of a rekey. */
const resealMilliseconds = 60_000;

export interface JobParts {
  readonly rotations: RotationEngine;
  readonly secrets: Secrets;
  readonly parameters: Parameters;
  readonly keys: Keys;
  readonly history: ChangeHistory;
  readonly journal: NoticeJournal;
  readonly ring: KeyRing;
  readonly sealedKeys: SealedKeys;
  readonly resealing: Resealing;
  readonly clock: Clock;
  readonly clockGuard: ClockGuard;
}

export function jobsOf(parts: JobParts): readonly Job[] {
  const { rotations, secrets, parameters, keys, history, journal, ring, sealedKeys, clock } = parts;
  const dropOldTokenKeys = async () => {
    if (clock.now() > ring.body.since + tokenMillisecondsMax) {
      await sealedKeys.dropOlder(tokenKeys);
    }
  };
  const byTheClock = [
    { everyMilliseconds: purgeMilliseconds, run: () => secrets.purgeExpired() },
    { everyMilliseconds: noticeMilliseconds, run: () => parameters.enforcePolicies() },
    { everyMilliseconds: noticeMilliseconds, run: () => secrets.announceExpiries() },
    { everyMilliseconds: rotationMilliseconds, run: () => rotations.beginDue() },
    { everyMilliseconds: noticeMilliseconds, run: () => history.prune() },
    { everyMilliseconds: purgeMilliseconds, run: () => journal.prune() },
    { everyMilliseconds: keySweepMilliseconds, run: () => keys.sweep() },
    { everyMilliseconds: purgeMilliseconds, run: dropOldTokenKeys },
  ];
  return [
    ...byTheClock.map((job) => parts.clockGuard.guarded(job)),
    { everyMilliseconds: resealMilliseconds, run: () => parts.resealing.run() },
  ];
}
