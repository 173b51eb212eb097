/** Every migration in order. Released ones never change: a mistake is mended by the next one. */
import { firstSchema } from "./0001-first-schema.ts";
import { identitiesAndGrants } from "./0002-identities-and-grants.ts";
import { theChangeFeed } from "./0003-the-change-feed.ts";
import { counts } from "./0004-counts.ts";
import { serviceSettings } from "./0005-service-settings.ts";
import { manyNodes } from "./0006-many-nodes.ts";
import { rotations } from "./0007-rotations.ts";
import type { Migration } from "./migration.ts";

export const migrations: readonly Migration[] = [
  firstSchema,
  identitiesAndGrants,
  theChangeFeed,
  counts,
  serviceSettings,
  manyNodes,
  rotations,
];
