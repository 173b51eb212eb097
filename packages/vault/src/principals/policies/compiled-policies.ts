/**
 * The compiled form of stored policies, made when first needed and remembered for as long as
 * storage hands out the same frozen body. A request that changes nothing parses nothing.
 */
import { type CompiledPolicy, compilePolicy } from "../../authorization/compile.ts";
import { iamArn } from "../arns.ts";
import type { Entity, ManagedPolicy, Role, Tag } from "../records.ts";

/** A user's, group's or role's inline policies, in the order of their names. */
export const compiledInlinePolicies = remembered((entity: Entity): readonly CompiledPolicy[] =>
  entity.inlinePolicies.map(({ name, document }) => {
    const called = `inline policy ${name} of ${entity.kind} ${entity.name}`;
    return compilePolicy(document, "identity", {}, called);
  }),
);

export const compiledManagedPolicy = remembered((policy: ManagedPolicy): CompiledPolicy => {
  const arn = iamArn(policy.accountId, "policy", policy.path, policy.name);
  return compilePolicy(policy.document, "identity", {}, arn);
});

/** Who may assume the role. */
export const compiledTrustPolicy = remembered(
  (role: Role): CompiledPolicy =>
    compilePolicy(role.trustPolicy, "trust", role.trustedIds, `trust policy of role ${role.name}`),
);

/** Tags as authorisation asks for them. */
export const tagValues = remembered(
  ({ tags = [] }: { readonly tags?: readonly Tag[] }): Readonly<Record<string, string>> =>
    Object.freeze(Object.fromEntries(tags.map(({ key, value }) => [key, value]))),
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
