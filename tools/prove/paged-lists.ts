/** Every list of both stores in each of its orders and filters, and the records that they list. */
import type { Question } from "../bench/requester.ts";

/** A record that stands while lists are read: which of the lists it is on. */
export interface Standing {
  readonly name: string;
  readonly number: number;
}

export interface PagedList extends Question {
  readonly pageMax: number;
  /** The member of a page that holds its items. */
  readonly items: string;
  has(standing: Standing): boolean;
}

const folders = 8;
const teams = ["blue", "green", "red"];
const teamOf = (number: number) => teams[number % teams.length] ?? "";
const typeOf = (number: number) => (number % 2 === 0 ? "String" : "SecureString");

export function standing(kind: "parameter" | "secret", count: number): Standing[] {
  return Array.from({ length: count }, (_, number) => {
    const name = `pages/${number % folders}/key-${String(number).padStart(5, "0")}`;
    return { number, name: kind === "parameter" ? `/${name}` : name };
  });
}

export function parameterQuestion({ name, number }: Standing): Question {
  const Tags = [{ Key: "team", Value: teamOf(number) }];
  const input = { Name: name, Value: name, Type: typeOf(number), Tags };
  return { service: "ssm", operation: "PutParameter", input };
}

export function secretQuestion({ name, number }: Standing): Question {
  const Tags = [{ Key: "team", Value: teamOf(number) }];
  const ClientRequestToken = crypto.randomUUID();
  const input = { Name: name, SecretString: name, Tags, ClientRequestToken };
  return { service: "secretsmanager", operation: "CreateSecret", input };
}

const all = () => true;
const inFolder = ({ number }: Standing) => number % folders === 3;
const isBlue = ({ number }: Standing) => teamOf(number) === "blue";
const isSecure = ({ number }: Standing) => typeOf(number) === "SecureString";

export const secretLists: readonly PagedList[] = [
  ...["created-date", "last-accessed-date", "last-changed-date", "name"].flatMap((SortBy) =>
    ["asc", "desc"].map((SortOrder) => listSecrets({ SortBy, SortOrder }, all)),
  ),
  listSecrets({ IncludePlannedDeletion: true, MaxResults: 7 }, all),
  listSecrets({ Filters: [{ Key: "name", Values: ["pages/3/"] }] }, inFolder),
  listSecrets({ Filters: [{ Key: "tag-value", Values: ["blue"] }] }, isBlue),
  listSecrets({ Filters: [{ Key: "tag-value", Values: ["!green", "!red"] }] }, isBlue),
  listSecrets({ Filters: [{ Key: "all", Values: ["pages"] }] }, all),
];

export const parameterLists: readonly PagedList[] = [
  describe({}, all),
  describe({ MaxResults: 7 }, all),
  describe(filtered("Name", "BeginsWith", "/pages/3/"), inFolder),
  describe(filtered("Name", "Contains", "/3/"), inFolder),
  describe(filtered("Path", "Recursive", "/pages"), all),
  describe(filtered("Path", "OneLevel", "/pages/3"), inFolder),
  describe(filtered("Type", "Equals", "SecureString"), isSecure),
  describe(filtered("tag:team", "Equals", "blue"), isBlue),
  describe({ Filters: [{ Key: "Name", Values: ["/pages/3/"] }] }, inFolder),
  byPath({ Path: "/", Recursive: true }, all),
  byPath({ Path: "/pages/3", MaxResults: 3 }, inFolder),
  byPath({ Path: "/pages", Recursive: true, WithDecryption: true }, all),
  byPath({ Path: "/", Recursive: true, ...filtered("Type", "Equals", "SecureString") }, isSecure),
];

function filtered(Key: string, Option: string, value: string) {
  return { ParameterFilters: [{ Key, Option, Values: [value] }] };
}

type Input = Readonly<Record<string, unknown>>;

function listSecrets(input: Input, has: PagedList["has"]): PagedList {
  const pageMax = Number(input.MaxResults ?? 100);
  const named = { service: "secretsmanager", operation: "ListSecrets" } as const;
  return { ...named, input, pageMax, items: "SecretList", has };
}

function describe(input: Input, has: PagedList["has"]): PagedList {
  const pageMax = Number(input.MaxResults ?? 50);
  const named = { service: "ssm", operation: "DescribeParameters" } as const;
  return { ...named, input, pageMax, items: "Parameters", has };
}

function byPath(input: Input, has: PagedList["has"]): PagedList {
  const pageMax = Number(input.MaxResults ?? 10);
  const named = { service: "ssm", operation: "GetParametersByPath" } as const;
  return { ...named, input, pageMax, items: "Parameters", has };
}
