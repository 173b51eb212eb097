/**
 * The filters of ListSecrets. A secret is listed if every filter matches; a filter matches if
 * one of its values does and none of its negated values (`!value`) does.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_search-secret.html
 */
import type { SecretRecord } from "./records.ts";

type FilterKey =
  | "description"
  | "name"
  | "tag-key"
  | "tag-value"
  | "primary-region"
  | "owning-service"
  | "all";

export interface Filter {
  readonly key: FilterKey;
  readonly values: readonly string[];
}

type Test = (record: SecretRecord) => boolean;

/** One test for all filters, prepared once for all the secrets that it is put to. */
export function matcher(filters: readonly Filter[]): Test {
  const tests = filters.map(testOf);
  return (record) => tests.every((test) => test(record));
}

function testOf({ key, values }: Filter): Test {
  const wanted = values.filter((value) => !value.startsWith("!")).map((value) => tests[key](value));
  const unwanted = values
    .filter((value) => value.startsWith("!"))
    .map((value) => tests[key](value.slice(1)));
  return (record) =>
    (wanted.length === 0 || wanted.some((test) => test(record))) &&
    !unwanted.some((test) => test(record));
}

const tests: Readonly<Record<FilterKey, (value: string) => Test>> = {
  name: (value) => (record) => record.name.startsWith(value),
  "tag-key": (value) => (record) => Object.keys(record.tags).some((tag) => tag.startsWith(value)),
  "tag-value": (value) => (record) =>
    Object.values(record.tags).some((tag) => tag.startsWith(value)),
  // Only a secret with replicas has one, and each of them.
  "primary-region": (value) => (record) => (record.primaryRegion ?? "").startsWith(value),
  // No secret here is managed by another service.
  "owning-service": (value) => () => value === "",
  // AWS's reference calls this a prefix match; what AWS does is to look for the words.
  description: (value) => containsWords(value, (record) => [record.description ?? ""]),
  all: (value) =>
    containsWords(value, (record) => [
      record.name,
      record.description ?? "",
      ...Object.entries(record.tags).flat(),
    ]),
};

/** One of the texts must have, for every word of `value`, one that begins so, whatever its case. */
function containsWords(value: string, textsOf: (record: SecretRecord) => string[]): Test {
  const wanted = words(value);
  if (wanted.length === 0) return () => false;
  return (record) =>
    textsOf(record).some((text) => {
      const present = words(text);
      return wanted.every((word) => present.some((other) => other.startsWith(word)));
    });
}

/** "credsDatabase#892" is creds, Database and 892: a word ends where the kind of letter changes. */
function words(text: string): string[] {
  const found = text.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{M}]+|\p{Lu}|\p{N}+/gu) ?? [];
  return found.map((word) => word.toLowerCase());
}
