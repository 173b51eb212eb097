/** Policies fetched over the AWS APIs, made ready for the vault's own engine. */
import {
  type CompiledPolicy,
  compilePolicy,
  type PolicyKind,
  type Principal,
} from "@claviger/vault/authorization";
import type { Entity } from "./account.ts";

/** What is asked of a document before it is compiled; undefined leaves the policy out. */
export type View = (document: string) => string | undefined;

/** Compiles each policy once, and remembers which ones the engine does not understand. */
export class Compiler {
  readonly #view: View;
  readonly #known = new Map<string, CompiledPolicy | undefined>();
  /** Names of policies that could not be judged, with the reason. */
  readonly problems = new Map<string, string>();

  constructor(view: View = (document) => document) {
    this.#view = view;
  }

  compile(name: string, document: string, kind: PolicyKind): CompiledPolicy | undefined {
    const key = JSON.stringify([name, document, kind]);
    if (!this.#known.has(key)) this.#known.set(key, this.#compiled(name, document, kind));
    return this.#known.get(key);
  }

  /** A user, or a session of a role, as the engine knows callers. `issuedAt` is of the session. */
  principal(entity: Entity, sessionName: string, issuedAt: number): Principal {
    const { type, arn, id, name, tags, policies, boundary } = entity;
    const [, partition, , , accountId = ""] = arn.split(":");
    const isRole = type === "role";
    const bounds = boundary && this.compile(boundary.name, boundary.document, "identity");
    return {
      type: isRole ? "AssumedRole" : "IAMUser",
      arn: isRole ? `arn:${partition}:sts::${accountId}:assumed-role/${name}/${sessionName}` : arn,
      accountId,
      principalId: isRole ? `${id}:${sessionName}` : id,
      userName: isRole ? undefined : name,
      roleArn: isRole ? arn : undefined,
      tags,
      policies: policies.flatMap(
        (each) => this.compile(each.name, each.document, "identity") ?? [],
      ),
      // What can't be judged allows nothing, so a boundary that can't be bounds everything.
      boundary: boundary && (bounds ?? this.#nothing(boundary.name)),
      sessionPolicies: [],
      tokenIssuedAt: isRole ? issuedAt : undefined,
      organizationId: undefined,
      sessionKeys: {},
    };
  }

  #compiled(name: string, document: string, kind: PolicyKind): CompiledPolicy | undefined {
    try {
      const seen = this.#view(document);
      return seen === undefined ? undefined : compilePolicy(seen, kind, {}, name);
    } catch (error) {
      this.problems.set(name, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  #nothing(name: string): CompiledPolicy {
    const statement = { Effect: "Allow", NotAction: "*", Resource: "*" };
    const document = JSON.stringify({ Version: "2012-10-17", Statement: statement });
    return compilePolicy(document, "identity", {}, name);
  }
}
