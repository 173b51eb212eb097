/** What the verbs of this folder work on. */
import type { Clock } from "../clock.ts";
import type { Keys } from "../keys/keys.ts";
import type { Storage } from "../storage/storage.ts";

export interface Stores {
  readonly storage: Storage;
  readonly keys: Keys;
  readonly clock: Clock;
}
