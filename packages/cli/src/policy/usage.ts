/**
 * What was used of the account's policies, told by judging the trail's allowed requests again with
 * the vault's engine: each is put down to the narrowest statement that allows it, so that a wide
 * one beside it shows as unused. The same requests then try out narrowed policies.
 */
import { decide, explain, type Resource } from "@claviger/vault/authorization";
import type { Caller } from "../aws.ts";
import { awsFailure } from "../aws-failure.ts";
import type { Account, Entity, HeldPolicy } from "./account.ts";
import { Compiler } from "./compile.ts";
import { listOf, parseDocument } from "./document.ts";
import { type Need, needsOf } from "./event-needs.ts";
import { globMatches } from "./glob.ts";
import type { Use } from "./narrow.ts";
import { findResource } from "./resources.ts";
import type { TrailEvent } from "./trail.ts";

/** Requests that are alike to every policy. */
interface Request {
  readonly entity: Entity;
  readonly need: Need;
  readonly event: TrailEvent;
  resource: Resource | undefined;
  isAllowed: boolean;
}

export interface StatementUse extends Use {
  readonly entity: Entity;
  readonly policy: string;
  readonly statementIndex: number;
}

export class Usage {
  readonly #account: Account;
  readonly #compiler = new Compiler();
  readonly #requests = new Map<string, Request>();
  readonly #events = new Map<string, number>();
  readonly #isTimeAsked: boolean;
  readonly uses: StatementUse[] = [];

  constructor(account: Account) {
    this.#account = account;
    this.#isTimeAsked = account.entities.some(({ policies }) =>
      policies.some(({ document }) => /aws:(CurrentTime|EpochTime|TokenIssueTime)/i.test(document)),
    );
  }

  /** Takes an event of the trail in. Denied requests used nothing. */
  add(event: TrailEvent): void {
    const { userIdentity, errorCode = "" } = event;
    if (/^AccessDenied|^Client\.Unauthorized/.test(errorCode)) return;
    const arn = userIdentity.sessionContext?.sessionIssuer?.arn ?? userIdentity.arn;
    const entity = arn === undefined ? undefined : this.#account.entity(arn);
    if (entity === undefined) return;
    this.#events.set(entity.arn, this.eventsOf(entity) + 1);
    for (const { isCertain, ...rest } of needsOf(event)) {
      // A request that failed may have done so before anybody asked whether it was allowed.
      const need = { ...rest, isCertain: isCertain && errorCode === "" };
      const alike = [entity.arn, need, event.sourceIPAddress, event.awsRegion, event.userAgent];
      const key = JSON.stringify(this.#isTimeAsked ? [...alike, event.eventTime] : alike);
      if (this.#requests.has(key)) continue;
      this.#requests.set(key, { entity, need, event, resource: undefined, isAllowed: false });
    }
  }

  eventsOf(entity: Entity): number {
    return this.#events.get(entity.arn) ?? 0;
  }

  /** Judges every request with the policies as they are now. */
  async judge(caller: Caller): Promise<void> {
    const resources = new Map<string, Promise<Resource | undefined>>();
    for (const request of this.#requests.values()) {
      const { need, entity } = request;
      const key = `${need.action.split(":")[0]} ${need.resource}`;
      const found = resources.get(key) ?? this.#find(need, caller);
      resources.set(key, found);
      request.resource = await found;
      if (request.resource !== undefined) this.#use(request, request.resource);
      // What can't be judged, or may have been needed, takes nothing away from anybody.
      if (request.resource === undefined || (!request.isAllowed && !need.isCertain)) {
        this.#useAnywhere(entity, need.action);
      }
    }
  }

  /** undefined where the event doesn't tell, or what it tells of is gone or out of reach. */
  async #find({ action, resource }: Need, caller: Caller): Promise<Resource | undefined> {
    if (resource === undefined) return undefined;
    const parts = { account: this.#account, caller, compiler: this.#compiler };
    try {
      return await findResource(action, resource, parts);
    } catch (error) {
      if (awsFailure(error) === undefined) throw error;
      return undefined;
    }
  }

  /** Certain requests that today's policies don't explain: what was used for them is unknown. */
  unexplained(entities: ReadonlySet<Entity>): readonly string[] {
    return [...this.#requests.values()]
      .filter(
        ({ entity, need, resource, isAllowed }) =>
          entities.has(entity) && need.isCertain && resource !== undefined && !isAllowed,
      )
      .map(({ need }) => `${need.action} on ${need.resource}`);
  }

  /** What would no longer be allowed; empty if the narrowed policies allow all that was. */
  replay(
    entities: ReadonlySet<Entity>,
    narrowed: (policy: HeldPolicy) => HeldPolicy | undefined,
  ): readonly string[] {
    const compiler = new Compiler();
    return [...this.#requests.values()]
      .filter(({ entity, isAllowed }) => isAllowed && entities.has(entity))
      .filter(({ entity, need, event, resource }) => {
        const policies = entity.policies.flatMap((policy) => narrowed(policy) ?? []);
        const principal = principalOf(compiler, { ...entity, policies }, event);
        return (
          resource !== undefined &&
          !decide(principal, need.action, resource, circumstancesOf(event), need.keys).isAllowed
        );
      })
      .map(({ need }) => `${need.action} on ${need.resource}`);
  }

  #use(request: Request, resource: Resource): void {
    const { entity, need, event } = request;
    const principal = principalOf(this.#compiler, entity, event);
    const trace = explain(principal, need.action, resource, circumstancesOf(event), need.keys);
    request.isAllowed = trace.isAllowed;
    if (!trace.isAllowed) return;
    const allows = trace.policies
      .filter(({ kind }) => kind === "identity")
      .flatMap(({ name, statements }) =>
        statements
          .filter(({ effect, outcome }) => effect === "Allow" && outcome === "applies")
          .map(({ index, written }) => ({ policy: name, index, width: widthOf(written) })),
      );
    const [narrowest] = allows.toSorted((one, other) => one.width - other.width);
    // None: a resource's own policy allowed it.
    if (narrowest === undefined) return;
    const { policy, index } = narrowest;
    this.uses.push({
      entity,
      policy,
      statementIndex: index,
      action: need.action,
      resource: resource.arn,
    });
  }

  /** Every statement that allows the action on anything. */
  #useAnywhere(entity: Entity, action: string): void {
    const name = action.toLowerCase();
    for (const { name: policy, document } of entity.policies) {
      for (const [statementIndex, { Effect, Action, NotAction }] of statementsIn(document)) {
        const isListed = listOf(Action ?? NotAction).some((each) => globMatches(each, name));
        if (Effect === "Allow" && isListed === (Action !== undefined)) {
          this.uses.push({ entity, policy, statementIndex, action, resource: undefined });
        }
      }
    }
  }
}

function principalOf(compiler: Compiler, entity: Entity, { userIdentity, eventTime }: TrailEvent) {
  const { arn = "", sessionContext } = userIdentity;
  const issuedAt = sessionContext?.attributes?.creationDate ?? eventTime;
  return compiler.principal(entity, arn.split("/").at(-1) ?? "", Date.parse(issuedAt));
}

function circumstancesOf({
  eventTime,
  sourceIPAddress = "",
  awsRegion,
  userAgent = "",
}: TrailEvent) {
  return {
    now: Date.parse(eventTime),
    sourceAddress: sourceIPAddress,
    // The trail doesn't tell; AWS's own endpoints and the vault's public ones have TLS.
    isSecureTransport: true,
    region: awsRegion,
    userAgent,
  };
}

/** How much a statement is about beside what was asked: the least gets the use. */
function widthOf(written: Readonly<Record<string, readonly string[]>>): number {
  return Object.entries(written)
    .flatMap(([element, values]) =>
      values.map((value) => (element.startsWith("Not") ? "*" : value)),
    )
    .reduce((sum, value) => sum + (value === "*" ? 1000 : /[*?]/.test(value) ? 100 : 1), 0);
}

function statementsIn(document: string) {
  return document === "" ? [] : parseDocument(document).Statement.entries();
}
