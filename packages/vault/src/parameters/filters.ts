/**
 * The filters of DescribeParameters and GetParametersByPath: which AWS accepts, what they match,
 * and where in the key space they let a listing look.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html
 */
import { ApiError, validationError } from "../errors.ts";
import { versionWith } from "./labels.ts";
import { malformedPath, pathOf } from "./name.ts";
import type { ParameterRecord } from "./records.ts";

export interface ParameterFilter {
  readonly key: string;
  readonly option?: string | undefined;
  readonly values?: readonly string[] | undefined;
}

export type Matches = (record: ParameterRecord) => boolean;

/** A stretch of the hierarchy to look through; see `listing.ts`. */
export type Span =
  | { readonly type: "one"; readonly path: string }
  | { readonly type: "startingWith"; readonly prefix: string }
  | { readonly type: "childrenOf"; readonly parent: string };

/** The whole hierarchy. */
export const everything: readonly Span[] = [{ type: "startingWith", prefix: "/" }];

const describeKeys = ["Path", "Name", "Type", "KeyId", "Tier"];
const byPathKeys = ["Type", "KeyId"];
const allowedValues: Readonly<Record<string, readonly string[]>> = {
  Tier: ["Standard", "Advanced", "Intelligent-Tiering"],
  Type: ["String", "StringList", "SecureString"],
};

/** Throws what AWS answers to filters that DescribeParameters doesn't take. */
export function checkDescribeFilters(filters: readonly ParameterFilter[]): void {
  checkFilters(filters, describeKeys, (key) => key !== "Label");
}

/** The same for GetParametersByPath, which takes fewer, and labels. */
export function checkByPathFilters(filters: readonly ParameterFilter[]): void {
  checkFilters(filters, byPathKeys, (key) => [...byPathKeys, "Label"].includes(key));
}

function checkFilters(
  filters: readonly ParameterFilter[],
  named: readonly string[],
  isAccepted: (key: string) => boolean,
): void {
  const seen = new Set<string>();
  for (const filter of filters) {
    const { key, values = [] } = filter;
    if (!isAccepted(key)) {
      throw invalid(
        "Key",
        `key is not valid: ${key}. Valid filter keys include: ${listed(named)}.`,
      );
    }
    if (values.length === 0 && !key.startsWith("tag:")) {
      throw invalid("Value", `values are missing : null for filter key ${key}.`);
    }
    if (seen.has(key)) {
      throw new ApiError(
        "InvalidFilterKey",
        `The following filter is duplicated in the request: ${key}. A request can contain only one occurrence of a specific filter.`,
      );
    }
    seen.add(key);
    checkOption(filter);
    if (key === "Path") values.forEach(checkPath);
    const allowed = allowedValues[key];
    const strange = values.find((value) => allowed?.includes(value) === false);
    if (allowed !== undefined && strange !== undefined) {
      const message = `value is not valid: ${strange}. Valid values include: ${listed(allowed)}.`;
      throw invalid("Value", message);
    }
  }
}

function checkOption({ key, option }: ParameterFilter): void {
  if (option === undefined) return;
  const isPath = key === "Path";
  const shown = isPath ? ["Recursive", "OneLevel"] : ["BeginsWith", "Equals"];
  if (shown.includes(option) && !(key === "Label" && option !== "Equals")) return;
  if (key === "Name" && option === "Contains") return;
  throw invalid(
    "Option",
    `option is not valid: ${option}. Valid options include: ${listed(shown)}.`,
  );
}

function checkPath(path: string): void {
  if (/^\/(?:aws|ssm)/i.test(path)) {
    throw validationError(
      'Filters for common parameters can\'t be prefixed with "aws" or "ssm" (case-insensitive). When using global parameters, please specify within a global namespace.',
    );
  }
  if (path !== "/" && !/^(?:\/[A-Za-z0-9_.-]+)+\/?$/.test(path)) throw malformedPath();
}

function invalid(part: "Key" | "Option" | "Value", problem: string): ApiError {
  return new ApiError(`InvalidFilter${part}`, `The following filter ${problem}`);
}

function listed(words: readonly string[]): string {
  return `[${words.join(", ")}]`;
}

/** True for what every filter lets through, each by any of its values. */
export function matcher(filters: readonly ParameterFilter[]): Matches {
  const all = filters.map(matchesOne);
  return (record) => all.every((matches) => matches(record));
}

function matchesOne({ key, option, values = [] }: ParameterFilter): Matches {
  const compare = comparison(option);
  const any = (actual: string | undefined) =>
    actual !== undefined && values.some((value) => compare(actual, value));
  if (key.startsWith("tag:")) {
    const tag = key.slice("tag:".length);
    // A tag named "constructor" would find what is no tag.
    return ({ tags }) => Object.hasOwn(tags, tag) && (values.length === 0 || any(tags[tag]));
  }
  switch (key) {
    case "Name": {
      const wanted = option === "Contains" ? values : values.map(pathOf);
      return ({ name }) => wanted.some((value) => compare(pathOf(name), value));
    }
    case "Path":
      return ({ name }) => values.some((path) => isBelow(pathOf(name), path, option));
    case "Type":
      return ({ type }) => any(type);
    case "KeyId":
      return ({ keyId }) => any(keyId);
    case "DataType":
      return ({ dataType }) => any(dataType);
    case "Tier":
      return ({ tier, requestedTier }) => any(tier) || any(requestedTier);
    default:
      return ({ labels }) => values.some((label) => versionWith(labels, label) !== undefined);
  }
}

function comparison(option: string | undefined): (actual: string, value: string) => boolean {
  if (option === "BeginsWith") return (actual, value) => actual.startsWith(value);
  if (option === "Contains") return (actual, value) => actual.includes(value);
  return (actual, value) => actual === value;
}

function isBelow(path: string, ancestor: string, option: string | undefined): boolean {
  const start = ancestor.endsWith("/") ? ancestor : `${ancestor}/`;
  if (!path.startsWith(start)) return false;
  return option === "Recursive" || !path.includes("/", start.length);
}

/**
 * The stretches that hold everything the filters can match; disjoint, so that nothing is listed
 * twice. Filters that say nothing about names leave the whole hierarchy.
 */
export function spansOf(filters: readonly ParameterFilter[]): readonly Span[] {
  const byName = filters.find(({ key, option }) => key === "Name" && option !== "Contains");
  if (byName !== undefined) {
    const paths = distinct((byName.values ?? []).map(pathOf));
    return byName.option === "BeginsWith"
      ? outermost(paths).map((prefix) => ({ type: "startingWith", prefix }))
      : paths.map((path) => ({ type: "one", path }));
  }
  const byPath = filters.find(({ key }) => key === "Path");
  if (byPath === undefined) return everything;
  const parents = distinct((byPath.values ?? []).map((path) => path.replace(/\/$/, "")));
  return byPath.option === "Recursive"
    ? outermost(parents.map((parent) => `${parent}/`)).map(startingWith)
    : parents.map((parent) => ({ type: "childrenOf", parent }));
}

function startingWith(prefix: string): Span {
  return { type: "startingWith", prefix };
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}

/** Without those that start with another: their stretch lies inside the other's. */
function outermost(prefixes: readonly string[]): readonly string[] {
  return prefixes.filter(
    (prefix) => !prefixes.some((other) => other !== prefix && prefix.startsWith(other)),
  );
}
