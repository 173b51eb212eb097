/**
 * AWS's models beside our declarations: every member of an operation's input is declared here, as
 * honoured or as refused, or it is named by `undeclared`. `input-members.py` renews the names.
 */
import { readFileSync } from "node:fs";
import type { Service } from "../../packages/vault/src/operations/operation.ts";
import type { Shape } from "../../packages/vault/src/shapes/shapes.ts";

/** By service and operation: the paths of the input's members, as "Tags[].Key". */
type Model = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export const awsModel: Model = JSON.parse(
  readFileSync(new URL("input-members.json", import.meta.url), "utf8"),
);

export interface DeclaredMember {
  readonly path: string;
  readonly isRequired: boolean;
  /** Why it is refused; undefined where it is honoured. */
  readonly refusal: string | undefined;
}

/** Every member that a shape declares, those inside of others behind them. */
export function declaredMembers(shape: Shape<unknown>, under = ""): DeclaredMember[] {
  if (shape.kind === "list" && shape.member) return declaredMembers(shape.member, `${under}[]`);
  if (shape.kind === "map" && shape.member) return declaredMembers(shape.member, `${under}{}`);
  return Object.entries(shape.members ?? {}).flatMap(([name, member]) => {
    const path = under === "" ? name : `${under}.${name}`;
    const { isRequired, refusal } = member;
    return [{ path, isRequired, refusal }, ...declaredMembers(member, path)];
  });
}

/** The members of AWS's model that would be ignored in silence: "PutParameter: Policies". */
export function undeclared({ name, operations }: Service): string[] {
  return operations.flatMap((operation) => {
    // What is refused whole ignores nothing.
    if (operation.refusal !== undefined) return [];
    const declared = declaredMembers(operation.input);
    const known = new Set(declared.map(({ path }) => path));
    const refused = declared.filter(({ refusal }) => refusal !== undefined);
    return (awsModel[name]?.[operation.name] ?? [])
      .filter((path) => !known.has(path))
      .filter((path) => !refused.some((whole) => isInside(path, whole.path)))
      .map((path) => `${operation.name}: ${path}`);
  });
}

/** What is declared and AWS's model doesn't have: a name misspelled, or newer than the model. */
export function unknownToAws({ name, operations }: Service): string[] {
  return operations.flatMap((operation) => {
    const model = awsModel[name]?.[operation.name];
    if (model === undefined) return [operation.name];
    const known = new Set(model);
    return declaredMembers(operation.input)
      .filter(({ path }) => !known.has(path))
      .map(({ path }) => `${operation.name}: ${path}`);
  });
}

/** The operations of AWS's model that the vault does not answer, in the order of the alphabet. */
export function operationsNotHere({ name, operations }: Service): string[] {
  const here = new Set(operations.map((operation) => operation.name));
  return Object.keys(awsModel[name] ?? {}).filter((operation) => !here.has(operation));
}

function isInside(path: string, whole: string): boolean {
  return path.startsWith(whole) && /^(?:\.|\[\]|\{\})/.test(path.slice(whole.length));
}
