/**
 * A policy document as its elements, once IAM's grammar has been checked. Identity policies and
 * the policies of resources and roles go through different validators on AWS, with words and an
 * order of checks of their own; so they do here.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
import type { OperatorName } from "../conditions/condition.ts";
import { readIdentityDocument } from "./identity.ts";
import { parseJson } from "./json.ts";
import { readResourceDocument } from "./resource.ts";

/** What a policy is attached to: a user or role, a resource, or a role as who may assume it. */
export type PolicyKind = "identity" | "resource" | "trust";

export interface PolicyDocument {
  /** Documents of version 2008-10-17, also by default, have no policy variables. */
  readonly version: Version;
  readonly statements: readonly StatementElements[];
}

export type Version = "2008-10-17" | "2012-10-17";

export interface StatementElements {
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly isNotAction: boolean;
  /** undefined in a trust policy: the role is the resource. */
  readonly resources: readonly string[] | undefined;
  readonly isNotResource: boolean;
  /** undefined in an identity policy: whoever it is attached to is the principal. */
  readonly principals: readonly NamedPrincipal[] | undefined;
  readonly isNotPrincipal: boolean;
  readonly conditions: readonly ConditionElement[];
}

export interface NamedPrincipal {
  readonly type: "AWS" | "Service" | "Federated";
  /** For AWS: "*", an account id, or an ARN. */
  readonly value: string;
}

export interface ConditionElement {
  readonly operator: OperatorName;
  readonly key: string;
  readonly operands: readonly string[];
}

/** Throws MalformedPolicyDocument. */
export function readDocument(text: string, kind: PolicyKind): PolicyDocument {
  const value = parseJson(text);
  return kind === "identity" ? readIdentityDocument(value) : readResourceDocument(value, kind);
}
