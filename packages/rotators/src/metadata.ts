/** What a rotator is told by whoever configured the rotation, checked before anything is done. */
import { InvalidEvent } from "./event.ts";
import type { MetadataMember, Rotator } from "./rotator.ts";

/** The same for all; a rotator may ask more of one by declaring it itself. */
const sameForAll: Readonly<Record<string, MetadataMember>> = {
  adminSecretArn: {
    required: false,
    says: "The secret with the credential that may make and revoke keys. Without it the key itself is used.",
  },
  gracePeriod: {
    required: false,
    says: "How long the old key lives at least, such as 30m, 24h or 7d; 24h without it.",
  },
  readerDays: {
    required: false,
    says: "How many days back readers are looked for before the old key is revoked; 7 without it.",
  },
};

export function metadataOf(rotator: Rotator): Readonly<Record<string, MetadataMember>> {
  return { ...sameForAll, ...rotator.metadata };
}

/** Throws InvalidEvent. */
export function checkMetadata(rotator: Rotator, metadata: Readonly<Record<string, string>>): void {
  const members = metadataOf(rotator);
  const unknown = Object.keys(metadata).find((name) => !Object.hasOwn(members, name));
  if (unknown !== undefined) {
    throw new InvalidEvent(`${rotator.type} knows no metadata named ${unknown}.`);
  }
  const missing = Object.keys(members).find(
    (name) => members[name]?.required && metadata[name] === undefined,
  );
  if (missing !== undefined)
    throw new InvalidEvent(`${rotator.type} needs the metadata ${missing}.`);
}
