/** What the trail says about who used what last. */
import type { LastUse } from "../../audit/event.ts";
import type { Role, User } from "../../principals/records.ts";
import type { Call } from "../operation.ts";

/** In the order of time, the latest first. */
export async function lastUsesOf(
  { vault, scope }: Call,
  userId: string,
  until: number,
): Promise<readonly LastUse[]> {
  const { accountId } = scope;
  const uses = await vault.auditLog.lastUses({ accountId, userId, until });
  return uses.toSorted((a, b) => b.time - a.time);
}

export async function lastUseOfKey(call: Call, accessKeyId: string): Promise<LastUse | undefined> {
  return (await lastUsesOf(call, accessKeyId, Number.MAX_SAFE_INTEGER))[0];
}

export interface EntityUse extends LastUse {
  readonly entity: User | Role;
}

const entitiesInOneGo = 50;

/** Those of all the entities together, the latest first. */
export async function lastUsesOfAll(
  call: Call,
  entities: readonly (User | Role)[],
  until: number,
): Promise<readonly EntityUse[]> {
  const found: EntityUse[] = [];
  for (const [at, entity] of entities.entries()) {
    // The trail is read on the event loop: others must not wait for thousands of users.
    if (at % entitiesInOneGo === entitiesInOneGo - 1) await new Promise(setImmediate);
    const uses = await lastUsesOf(call, entity.uniqueId, until);
    for (const use of uses) found.push({ ...use, entity });
  }
  return found.sort((a, b) => b.time - a.time);
}
