/**
 * The only door to what is guarded: `authorize()` asks every policy that speaks about a request
 * and, if they allow it, hands out the `Permit` that the domain demands. Nothing else can make one.
 */
import { AccessDenied } from "./access-denied.ts";
import { decide } from "./decide.ts";
import { denialMessage } from "./denial.ts";
import { explain } from "./explain.ts";
import { noKeys } from "./request-context.ts";
import type { Circumstances, ConditionKeys, KeySource, Principal, Resource } from "./types.ts";

export { decide } from "./decide.ts";

/** Never leaves this module, so that no one else can call Permit's constructor. */
const madeByAuthorize = Symbol("made by authorize()");

/**
 * The permit to do `action` on `resource`, or AccessDenied in AWS's words.
 *
 * @example const permit = authorize(principal, "secretsmanager:GetSecretValue", secret, at);
 */
export function authorize<Action extends string, Located extends Resource>(
  principal: Principal,
  action: Action,
  resource: Located,
  circumstances: Circumstances,
  keys: ConditionKeys | KeySource = noKeys,
): Permit<Action, Located> {
  const decision = decide(principal, action, resource, circumstances, keys);
  if (decision.isAllowed) return new Permit(madeByAuthorize, action, resource);
  throw new AccessDenied(denialMessage(decision.reason, principal, action, resource), () =>
    explain(principal, action, resource, circumstances, keys),
  );
}

/**
 * That `action` on exactly this `resource` was allowed. The domain takes the permit instead of an
 * id beside it, so a permit for one record can't reveal another. The private fields make it
 * nominal: what merely looks like a permit does not compile as one, and if it is forced through,
 * reading it throws.
 */
export class Permit<Action extends string, Located extends Resource> {
  readonly #action: Action;
  readonly #resource: Located;

  constructor(proof: typeof madeByAuthorize, action: Action, resource: Located) {
    if (proof !== madeByAuthorize) throw new TypeError("Only authorize() makes permits.");
    this.#action = action;
    this.#resource = resource;
  }

  get action(): Action {
    return this.#action;
  }

  get resource(): Located {
    return this.#resource;
  }
}
