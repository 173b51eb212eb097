/**
 * The compiled form of stored policies, made when first needed and remembered for as long as
 * storage hands out the same frozen body. A request that changes nothing parses nothing.
 */
import { type CompiledPolicy, compilePolicy } from "../authorization/compile.ts";
import type { Entity, ManagedPolicy, Role } from "./records.ts";

/** A user's or role's inline policies, in the order of their names. */
export const compiledInlinePolicies = remembered((entity: Entity): readonly CompiledPolicy[] =>
  entity.inlinePolicies.map(({ document }) => compilePolicy(document, "identity")),
);

export const compiledManagedPolicy = remembered(
  (policy: ManagedPolicy): CompiledPolicy => compilePolicy(policy.document, "identity"),
);

/** Who may assume the role. */
export const compiledTrustPolicy = remembered(
  (role: Role): CompiledPolicy => compilePolicy(role.trustPolicy, "trust", role.trustedIds),
);

/** Tags as authorisation asks for them. */
export const tagValues = remembered(
  (record: Entity | ManagedPolicy): Readonly<Record<string, string>> =>
    Object.freeze(Object.fromEntries(record.tags.map(({ key, value }) => [key, value]))),
);

/** `make`, called once for each body for as long as somebody holds the body. */
export function remembered<Body extends object, Made>(
  make: (body: Body) => Made,
): (body: Body) => Made {
  const known = new WeakMap<Body, Made>();
  return (body) => {
    const remembered = known.get(body);
    if (remembered !== undefined) return remembered;
    const made = make(body);
    known.set(body, made);
    return made;
  };
}
