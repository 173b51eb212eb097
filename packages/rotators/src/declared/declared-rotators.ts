/** Every rotator that is a description: the ready ones, and those that an operator wrote. */
import type { MetadataMember, Rotator } from "../rotator.ts";
import { anotherKey } from "./another-key.ts";
import { chosenKey } from "./chosen-key.ts";
import type { KeyDescription } from "./description.ts";
import { keyByHand } from "./key-by-hand.ts";
import { readOwnDescriptions } from "./own-descriptions.ts";
import { readyDescriptions } from "./providers/ready-descriptions.ts";
import { rolledKey } from "./rolled-key.ts";

/** `ownTypes`: `types` of the rotators file. Throws DescriptionError. */
export function declaredRotators(ownTypes: unknown = {}): Rotator[] {
  const own = readOwnDescriptions(ownTypes);
  return Object.entries({ ...readyDescriptions, ...own }).map(([type, description]) =>
    declaredRotator(type, description),
  );
}

export function declaredRotator(type: string, description: KeyDescription): Rotator {
  const { title, strategy, documentation } = description;
  const standing = "from the provider's documentation, not tried against it";
  const metadata = metadataOf(description);
  return { type, title, strategy, documentation, standing, metadata, ...stepsOf(description) };
}

function stepsOf(description: KeyDescription) {
  switch (description.strategy) {
    case "overlap":
    case "recreate":
      return anotherKey(description);
    case "grace":
      return rolledKey(description);
    case "oneKey":
      return "roll" in description ? rolledKey(description) : chosenKey(description);
    case "manual":
      return keyByHand(description);
  }
}

function metadataOf(description: KeyDescription): Readonly<Record<string, MetadataMember>> {
  const { adminSecret, sites, value, metadata } = description;
  const field = value?.field ?? "apiKey";
  return {
    ...(adminSecret && { adminSecretArn: adminSecret }),
    ...(sites && {
      site: {
        required: false,
        says: `Which of the provider's sites it is: ${Object.keys(sites).join(", ")}.`,
      },
    }),
    field: {
      required: false,
      says: `The member that holds the key, in a secret that is a JSON object; ${field} without it.`,
    },
    ...metadata,
  };
}
