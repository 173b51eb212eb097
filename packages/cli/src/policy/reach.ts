/** What a role can do to each secret and parameter, judged by the vault's own engine. Pure. */
import {
  type CompiledPolicy,
  type ConditionKeys,
  decide,
  type Principal,
} from "@claviger/vault/authorization";
import type { Entity } from "./account.ts";
import { Compiler } from "./compile.ts";
import { listOf, parseDocument, type Statement } from "./document.ts";
import type { Item } from "./inventory.ts";
import { type Extent, seenAt, unsettledKeys } from "./settled-conditions.ts";

/** Whether it is allowed: always, under a condition that a request may or may not meet, or never. */
export type Verdict = "yes" | "if" | "no";

export interface Reach {
  readonly item: Item;
  readonly read: Verdict;
  readonly write: Verdict;
  readonly delete: Verdict;
  /** The condition keys on which an "if" hangs. */
  readonly conditions: readonly string[];
}

/** Judges roles against items at one moment, each policy compiled once. */
export class Judge {
  readonly #most: View;
  readonly #least: View;

  constructor(now: number) {
    this.#most = new View("most", now);
    this.#least = new View("least", now);
  }

  /** Policies that the engine does not understand; they were taken to allow nothing. */
  get problems(): ReadonlyMap<string, string> {
    return this.#most.compiler.problems;
  }

  reach(entity: Entity, item: Item): Reach {
    const verdict = (act: Act): Verdict => {
      if (this.#least.can(entity, act, item)) return "yes";
      return this.#most.can(entity, act, item) ? "if" : "no";
    };
    const verdicts = { read: verdict("read"), write: verdict("write"), delete: verdict("delete") };
    const isConditional = Object.values(verdicts).includes("if");
    return { item, ...verdicts, conditions: isConditional ? conditionsOf(entity, item) : [] };
  }

  /** Whether it reads whatever is there of the item's type, also what will be made later. */
  readsAll(entity: Entity, { type, arn }: Item): boolean {
    const name = "claviger-no-such-name";
    const stranger = `${arn.replace(/(:(?:parameter\/|secret:)).*$/, "$1")}${name}-AbCdEf`;
    return this.#most.can(entity, "read", {
      type,
      name,
      arn: stranger,
      tags: {},
      policy: undefined,
      key: undefined,
    });
  }
}

type Act = "read" | "write" | "delete";

/** Any one of the first, and where there is a key all of the second. */
const needs: Readonly<Record<Item["type"], Readonly<Record<Act, readonly string[]>>>> = {
  secret: {
    read: ["secretsmanager:GetSecretValue"],
    write: ["secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret"],
    delete: ["secretsmanager:DeleteSecret"],
  },
  parameter: {
    read: ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParameterHistory"],
    write: ["ssm:PutParameter"],
    delete: ["ssm:DeleteParameter", "ssm:DeleteParameters"],
  },
};

class View {
  readonly compiler: Compiler;
  readonly #extent: Extent;
  readonly #now: number;
  readonly #principals = new Map<string, Principal>();

  constructor(extent: Extent, now: number) {
    this.compiler = new Compiler((document) => seenAt(extent, document));
    this.#extent = extent;
    this.#now = now;
  }

  can(entity: Entity, act: Act, item: Item): boolean {
    const { arn, type, tags } = item;
    const policy = this.#policy(`the policy of ${arn}`, item.policy);
    const keys: ConditionKeys =
      type === "secret" ? { "secretsmanager:SecretId": arn } : { "ssm:Overwrite": "true" };
    const isAllowed = needs[type][act].some((action) =>
      this.#decide(entity, action, { arn, accountId: accountOf(arn), tags, policy }, keys),
    );
    const isReached =
      isAllowed || (act === "read" && type === "parameter" && this.#byPath(entity, item));
    return isReached && (!needsKey(act, type) || this.#canUseKey(entity, act, item));
  }

  /** Who may list a path gets what lies below it, at any depth if recursion is allowed. */
  #byPath(entity: Entity, { arn }: Item): boolean {
    const start = arn.slice(0, arn.indexOf(":parameter/") + ":parameter".length);
    const levels = arn.slice(start.length + 1).split("/");
    return levels.some((_, depth) => {
      const path = `${start}/${levels.slice(0, depth).join("/")}`;
      const isParent = depth === levels.length - 1;
      return [path, depth === 0 ? path : `${path}/`].some((each) =>
        [true, ...(isParent ? [false] : [])].some((isRecursive) =>
          this.#decide(
            entity,
            "ssm:GetParametersByPath",
            { arn: each, accountId: accountOf(arn), tags: {} },
            { "ssm:Recursive": String(isRecursive) },
          ),
        ),
      );
    });
  }

  #canUseKey(entity: Entity, act: "read" | "write", { type, arn, key }: Item): boolean {
    if (key === undefined || key.isAwsManaged) return true;
    if (key.policy === undefined) return this.#extent === "most";
    const region = arn.split(":")[3];
    const service = type === "secret" ? "secretsmanager" : "ssm";
    const keys = {
      "kms:ViaService": `${service}.${region}.amazonaws.com`,
      "kms:CallerAccount": accountOf(entity.arn),
      "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
      [`kms:EncryptionContext:${type === "secret" ? "SecretARN" : "PARAMETER_ARN"}`]: arn,
    };
    const resource = {
      arn: key.arn,
      accountId: accountOf(key.arn),
      tags: {},
      policy: this.#policy(`the key policy of ${key.arn}`, key.policy),
      isPolicyRequired: true,
    };
    return keyActions(act).every((action) => this.#decide(entity, action, resource, keys));
  }

  #decide(
    entity: Entity,
    action: string,
    resource: Parameters<typeof decide>[2],
    keys: ConditionKeys,
  ): boolean {
    const circumstances = {
      now: this.#now,
      sourceAddress: "",
      isSecureTransport: true,
      region: resource.arn.split(":")[3] ?? "",
      userAgent: "",
    };
    return decide(this.#principal(entity), action, resource, circumstances, keys).isAllowed;
  }

  #principal(entity: Entity): Principal {
    const known = this.#principals.get(entity.arn);
    const principal = known ?? this.compiler.principal(entity, "session", this.#now);
    this.#principals.set(entity.arn, principal);
    return principal;
  }

  #policy(name: string, document: string | undefined): CompiledPolicy | undefined {
    return document === undefined ? undefined : this.compiler.compile(name, document, "resource");
  }
}

/** A parameter is also overwritten under another key or none, so its own key guards no write. */
function needsKey(act: Act, type: Item["type"]): act is "read" | "write" {
  return act === "read" || (act === "write" && type === "secret");
}

function keyActions(act: "read" | "write"): string[] {
  return act === "read" ? ["kms:Decrypt"] : ["kms:GenerateDataKey", "kms:Decrypt"];
}

/** The unsettled keys of the statements that have a say about items of this type. */
function conditionsOf({ policies, boundary }: Entity, { type, policy, key }: Item): string[] {
  const service = type === "secret" ? "secretsmanager" : "ssm";
  const documents = [...policies, boundary].map((each) => each?.document);
  const keys = [...documents, policy, key?.policy]
    .flatMap((document) => (document ? parseDocument(document).Statement : []))
    .filter((statement) => speaksOf(statement, service) || speaksOf(statement, "kms"))
    .flatMap(unsettledKeys);
  const isUnread = key !== undefined && !key.isAwsManaged && key.policy === undefined;
  return [
    ...new Set(keys),
    ...(isUnread ? [`the policy of ${key.arn}, which you may not read`] : []),
  ];
}

function speaksOf({ Action }: Statement, service: string): boolean {
  const names = listOf(Action);
  return names.length === 0 || names.some((name) => name === "*" || name.startsWith(`${service}:`));
}

function accountOf(arn: string): string {
  return arn.split(":")[4] ?? "";
}
