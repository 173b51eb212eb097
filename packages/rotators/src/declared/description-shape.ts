/** The form of a description, as data: `description.ts` says what each member means. */
import {
  anything,
  arrayOf,
  byMember,
  type Check,
  DescriptionError,
  integer,
  matching,
  object,
  oneOf,
  recordOf,
  scalar,
  text,
} from "./members.ts";
import { isPointer } from "./pointer.ts";

const texts = recordOf(text);
const headerNames: Check = (value, at) => {
  texts(value, at);
  const wrong = Object.keys(value as object).find((name) => !/^[\w-]+$/.test(name));
  if (wrong !== undefined) throw new DescriptionError(at, "has a name that is no header's");
};

const pointer: Check = (value, at) => {
  if (typeof value !== "string" || !isPointer(value)) {
    throw new DescriptionError(at, 'must be a JSON pointer, such as "/data/id" or ""');
  }
};

const where: Check = (value, at) => {
  recordOf(scalar)(value, at);
  for (const name of Object.keys(value as object)) pointer(name, `${at}: each name`);
};

const pattern: Check = (value, at) => {
  text(value, at);
  try {
    // With an empty alternative it matches, and tells how many groups there are.
    const groups = (new RegExp(`${value}|`).exec("")?.length ?? 1) - 1;
    if (groups > 0) return;
  } catch {
    // It is told below.
  }
  throw new DescriptionError(at, "must be a regular expression with a group for the id");
};

const authentication = byMember({
  headers: object({ headers: headerNames }, ["headers"]),
  basic: object({ basic: object({ user: text, password: text }, ["user", "password"]) }, ["basic"]),
});

const callMembers = {
  method: oneOf("GET", "POST", "PUT", "PATCH", "DELETE"),
  path: matching(/^\/[^?#]*$/, "must begin with a slash, and have its parameters in query"),
  query: texts,
  headers: headerNames,
  json: anything,
  form: texts,
  multipart: texts,
  authentication,
  isIdempotent: oneOf(true),
  idempotencyHeader: matching(/^[\w-]+$/, "must be a header's name"),
};

/** A call with further members, of which some are required. */
function call(more: Readonly<Record<string, Check>> = {}, required: readonly string[] = []): Check {
  const check = object({ ...callMembers, ...more }, ["method", "path", ...required]);
  return (value, at) => {
    check(value, at);
    const bodies = ["json", "form", "multipart"].filter((name) =>
      Object.hasOwn(value as object, name),
    );
    if (bodies.length > 1)
      throw new DescriptionError(at, `has two bodies, ${bodies.join(" and ")}`);
  };
}

const size = integer(1, 10_000);
const pages = byMember({
  page: object({ page: text, first: integer(0, 1), size }, ["page", "first", "size"]),
  offset: object({ offset: text, size }, ["offset", "size"]),
  cursor: object({ cursor: text, from: pointer }, ["cursor", "from"]),
  nextUrl: object({ nextUrl: pointer }, ["nextUrl"]),
  linkHeader: object({ linkHeader: oneOf(true) }, ["linkHeader"]),
});

const pointers = recordOf(pointer);
const made = { key: pointer, keyId: pointer, fields: pointers };
const listed = { items: pointer, keyId: pointer, name: pointer, hint: pointer, where, pages };
const list = call(listed, ["items", "keyId", "name"]);
const statuses = arrayOf(integer(400, 499));
const test = call({ refused: statuses, accepted: statuses, where });
const identify = byMember({
  pattern: object({ pattern }, ["pattern"]),
  byHint: object({ byHint: oneOf(true) }, ["byHint"]),
  keyId: call({ keyId: pointer }, ["keyId"]),
});
const member = object({ required: oneOf(true, false), says: text }, ["required", "says"]);

const common = {
  title: text,
  documentation: matching(/^https:\/\/./, "must be the provider's page, an https URL"),
  baseUrl: text,
  sites: texts,
  authentication,
  adminSecret: member,
  metadata: recordOf(member),
  value: object({ field: text, keyIdField: text, isObject: oneOf(true) }, []),
  test,
};
const commonlyRequired = ["title", "documentation", "baseUrl", "authentication"];

function strategy(
  names: readonly string[],
  more: Readonly<Record<string, Check>>,
  required: string[],
) {
  const check = object({ ...common, ...more, strategy: oneOf(...names) }, [
    ...commonlyRequired,
    ...required,
  ]);
  return Object.fromEntries(names.map((name) => [name, check]));
}

const anotherKey = {
  create: call(made, ["key"]),
  list,
  revoke: call(),
  copy: call({ values: pointers, optionalValues: pointers }, ["values"]),
  maxKeys: integer(2, 1_000_000),
  identify,
};
const oneKey = {
  roll: call(made, ["key"]),
  newest: call({ hint: pointer }, ["hint"]),
  identify: object({ pattern }, ["pattern"]),
};
const chosenKey = {
  set: call(),
  generate: object({ length: integer(16, 1024), alphabet: text }, ["length"]),
};

const byStrategy: Readonly<Record<string, Check>> = {
  ...strategy(["overlap", "recreate"], anotherKey, ["test", "create", "list", "revoke"]),
  ...strategy(["grace"], oneKey, ["test", "roll"]),
  ...strategy(
    ["manual"],
    { instructions: text, revokeInstructions: text, list, revoke: call(), identify },
    ["instructions"],
  ),
};

/** Throws DescriptionError unless it has the form of a KeyDescription. */
export const descriptionShape: Check = (value, at) => {
  const { strategy: name } = value as { strategy?: unknown };
  if (name === "oneKey") {
    byMember({
      roll: strategy(["oneKey"], oneKey, ["test"]).oneKey as Check,
      set: strategy(["oneKey"], chosenKey, ["test", "generate"]).oneKey as Check,
    })(value, at);
    return;
  }
  oneOf(...Object.keys(byStrategy), "oneKey")(name, `${at}.strategy`);
  byStrategy[name as string]?.(value, at);
};
