/**
 * Parameter names, references and paths: what is well formed, and the ARN that access is decided
 * on. A name that can't be is not refused here: AWS asks the caller's policies first (on
 * everything, `arn:aws:ssm:REGION:ACCOUNT:*`) and says what is wrong with it afterwards.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
 */
import { ApiError, accessDenied, validationError } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { isLabel } from "./labels.ts";

/** What a caller named. */
export interface Named {
  readonly scope: Scope;
  /** As it was asked for: replies repeat this form. */
  readonly name: string;
  /** "/x" for both "x" and "/x", which are one parameter; never ends in "/". */
  readonly path: string;
  readonly arn: string;
  /** The version's number or label after a ":". */
  readonly selector: string | undefined;
  /** The secret that the name refers to, where it begins with /aws/reference/secretsmanager/. */
  readonly secretId?: string | undefined;
  /** Why there can be no such parameter; to be thrown once the caller is authorised. */
  readonly problem: ApiError | undefined;
}

const plainName = /^[A-Za-z0-9_.-]+$/;
const qualifiedName = /^(?:\/[A-Za-z0-9_.-]+)+$/;
const referenceParts = /^(?:arn:aws:ssm:([^:/]+):([0-9]{12}):parameter\/)?([^:]*)(?::(.*))?$/s;
const secretReference = /^\/aws\/reference\/secretsmanager\/([A-Za-z0-9/_+=.@-]+)$/;
const levelsMax = 15;
const arnCharactersMax = 1011;

/** What a read names: a name or an ARN, with or without a version's number or label. */
export function readReference(scope: Scope, reference: string): Named {
  const [, region, accountId, given = "", selector] = referenceParts.exec(reference.trim()) ?? [];
  const isArn = region !== undefined && accountId !== undefined;
  const name = isArn && given.includes("/") ? `/${given}` : given;
  const [, secretId] = secretReference.exec(name) ?? [];
  const problem =
    malformedSelector(selector, secretId !== undefined) ??
    (secretId === undefined ? malformation(name) : undefined);
  const at = isArn ? { accountId, region } : scope;
  return { ...named(at, name, selector, problem), secretId };
}

/** What a deletion names: a name alone, in no reserved namespace. */
export function readName(scope: Scope, given: string): Named {
  const name = given.trim();
  return named(scope, name, undefined, reservation(name) ?? malformation(name));
}

/** The name of a parameter that may be made. */
export function readNewName(scope: Scope, given: string): Named {
  const name = given.trim();
  const problem = reservation(name) ?? newNameProblem(scope, name);
  return named(scope, name, undefined, problem);
}

/** Where a listing by path begins. The ARN keeps a "/" at the end, as IAM sees it on AWS. */
export function readPath(scope: Scope, given: string): Named {
  const name = given.trim();
  const path = name.endsWith("/") ? name.slice(0, -1) : name;
  const isLawful =
    path === "" ? name === "/" : qualifiedName.test(path) && !startsWith(path, "ssm");
  return {
    scope,
    name,
    path,
    arn: isLawful ? `${arnStart(scope)}parameter${name}` : `${arnStart(scope)}*`,
    selector: undefined,
    problem: isLawful ? undefined : malformedPath(),
  };
}

/** Everything in an account's region: what lists without a path are asked on. */
export function everythingArn(scope: Scope): string {
  return `${arnStart(scope)}*`;
}

export function pathOf(name: string): string {
  return name.startsWith("/") ? name : `/${name}`;
}

export function parameterArn(scope: Scope, path: string): string {
  return `${arnStart(scope)}parameter${path}`;
}

function named(
  scope: Scope,
  name: string,
  selector: string | undefined,
  problem: ApiError | undefined,
): Named {
  const path = pathOf(name);
  const isReadable = plainName.test(name) || qualifiedName.test(name) || secretReference.test(name);
  const arn = isReadable ? parameterArn(scope, path) : everythingArn(scope);
  return { scope, name, path, arn, selector, problem };
}

function newNameProblem(scope: Scope, name: string): ApiError | undefined {
  if (name.includes("/") && !name.startsWith("/")) {
    return validationError("Parameter name must be a fully qualified name.");
  }
  const problem = malformation(name);
  if (problem !== undefined) return problem;
  if (name.split("/").length - 1 > levelsMax) {
    return new ApiError(
      "HierarchyLevelLimitExceededException",
      `A hierarchy can have a maximum of ${levelsMax} levels. For more information, see Requirements and constraints for parameter names in the AWS Systems Manager User Guide.`,
    );
  }
  if (parameterArn(scope, pathOf(name)).length > arnCharactersMax) {
    return validationError(
      `Parameter name: can't be longer than ${arnCharactersMax} characters, which include the ARN that precedes it.`,
    );
  }
  return undefined;
}

/** Why a name is none that a caller's own parameter could have. */
export function reservation(name: string): ApiError | undefined {
  if (!startsWith(pathOf(name), "aws")) return undefined;
  return accessDenied(`No access to reserved parameter name: ${name.replace(/^\//, "")}.`);
}

/** The labels of a secret's versions are Secrets Manager's affair. */
function malformedSelector(selector: string | undefined, isOfSecret: boolean) {
  if (selector === undefined) return undefined;
  if (selector === "" || selector.includes(":")) {
    return validationError(
      "Invalid parameter name. Please use correct syntax for referencing a version/label  <name>:<version/label>",
    );
  }
  if (isOfSecret || /^[0-9]+$/.test(selector) || isLabel(selector)) return undefined;
  return validationError(
    `Invalid label format ${selector}. A label name can't be prefixed with numbers, "ssm", or "aws" (case-insensitive). You can specify letters, numbers, and the following symbols: period (.), dash (-), or underscore (_).`,
  );
}

/** AWS has one message for every ill-formed name, whichever of the rules it breaks. */
function malformation(name: string): ApiError | undefined {
  const isWellFormed = plainName.test(name) || qualifiedName.test(name);
  if (isWellFormed && !startsWith(pathOf(name), "ssm")) return undefined;
  return validationError(
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
  );
}

export function malformedPath(): ApiError {
  return validationError(
    'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
  );
}

function startsWith(path: string, reserved: "aws" | "ssm"): boolean {
  return path.slice(1, 1 + reserved.length).toLowerCase() === reserved;
}

export function arnStart({ accountId, region }: Scope): string {
  return `arn:aws:ssm:${region}:${accountId}:`;
}
