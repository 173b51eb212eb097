/**
 * How a provider's API keys are made, tested and revoked, as data: what stands in `types` of the
 * rotators file, and what each file of `providers/` says. Plain JSON, so that adding a provider
 * takes no code. `read-descriptions.ts` checks it.
 *
 *     {
 *       "title": "Acme API key",
 *       "documentation": "https://docs.acme.example/keys",
 *       "baseUrl": "https://api.acme.example",
 *       "authentication": { "headers": { "authorization": "Bearer {credential}" } },
 *       "strategy": "overlap",
 *       "create": { "method": "POST", "path": "/keys", "json": { "name": "{name}" },
 *                   "key": "/secret", "keyId": "/id" },
 *       "list": { "method": "GET", "path": "/keys", "items": "/data", "keyId": "/id",
 *                 "name": "/name" },
 *       "revoke": { "method": "DELETE", "path": "/keys/{keyId}" },
 *       "test": { "method": "GET", "path": "/me" }
 *     }
 *
 * One that is like a ready one says so, and what is different:
 *
 *     { "like": "GitLabProjectAccessToken", "baseUrl": "https://gitlab.acme.example/api/v4" }
 */
import type { MetadataMember } from "../rotator.ts";

export type KeyDescription = AnotherKey | RolledKey | ChosenKey | KeyByHand;

/** What all of them say. */
interface Described {
  readonly title: string;
  /** The provider's page about these keys. */
  readonly documentation: string;
  /** "https://api.acme.example", or "https://{metadata.NAME}.acme.example/v1". */
  readonly baseUrl: string;
  /** Other base URLs, of which metadata `site` may name one: what is sent there is a credential. */
  readonly sites?: Readonly<Record<string, string>>;
  /**
   * `{credential}` is whose call it is: the key's that is tested, and otherwise the admin secret's,
   * or without one that of the secret's current key. Further members of secrets that are JSON are
   * `{credential.NAME}`.
   */
  readonly authentication: Authentication;
  /** The secret that metadata `adminSecretArn` names; required where keys can't manage themselves. */
  readonly adminSecret?: MetadataMember;
  /** Beyond `adminSecretArn`, `field` and `site`, which go without saying. */
  readonly metadata?: Readonly<Record<string, MetadataMember>>;
  readonly value?: SecretForm;
  /** Succeeds with a good key alone. */
  readonly test: TestCall;
}

/**
 * Several keys may live side by side: another one is made, and the old one revoked after the
 * overlap. With "recreate" it isn't a key that is made and deleted, but what it belongs to.
 */
export interface AnotherKey extends Described {
  readonly strategy: "overlap" | "recreate";
  readonly create: CreateCall;
  /** All keys among which the one just made is, by its name. */
  readonly list: ListCall;
  /** Of the key `{keyId}`. One that is gone already is answered with 404 or 410. */
  readonly revoke: Call;
  /** What the old key may do, for the new one to be like it: `{copied.NAME}` in `create`. */
  readonly copy?: CopyCall;
  /** How many keys the provider allows; `list` lists those that count. */
  readonly maxKeys?: number;
  readonly identify?: Identification;
}

/**
 * One key, for which the provider makes up another value: the old one dies at once ("oneKey") or
 * when its grace time is over ("grace").
 *
 * What can't be guaranteed: only the provider's answer tells the new value. Is the answer lost, the
 * key is rolled once more, for which the old value no longer serves as `{credential}` where it died
 * at once: give such keys an admin secret. And of two tries at once, of which one ends the other's
 * value, the loser's may be stored: then the test fails, or `newest` tells, and the next rotation
 * makes another.
 */
export interface RolledKey extends Described {
  readonly strategy: "oneKey" | "grace";
  /** `{graceSeconds}`, `{graceEndsAt}` (ISO 8601) and `{graceEndsAtMilliseconds}` are its old key's. */
  readonly roll: CreateCall;
  /** Tells which value is the newest, where two of them may be good. */
  readonly newest?: Call & { readonly hint: Pointer };
  readonly identify?: { readonly pattern: string };
}

/** One key whose value we may choose: it is stored as pending before the provider hears of it. */
export interface ChosenKey extends Described {
  readonly strategy: "oneKey";
  /** Makes `{newKey}` the key from now on. */
  readonly set: Call;
  readonly generate: { readonly length: number; readonly alphabet?: string };
}

/** A person makes the key at the provider's page; an API may test and revoke it. */
export interface KeyByHand extends Omit<Described, "test"> {
  readonly strategy: "manual";
  /** What is to be done, and where. */
  readonly instructions: Template;
  /** The same of the key of `{version}` when it has to go, where `revoke` can't do that. */
  readonly revokeInstructions?: Template;
  readonly test?: TestCall;
  readonly list?: ListCall;
  readonly revoke?: Call;
  readonly identify?: Identification;
}

/**
 * Text with placeholders in braces. `{name}`, the key's name with the version's id in it,
 * `{version}`, that id, `{dateInAYear}`, `{metadata.NAME}` and `{credential}` are everywhere; in a path all are
 * percent-encoded.
 */
export type Template = string;

/** A text that is one placeholder alone becomes what it stands for, or nothing if that is nothing. */
export type JsonTemplate =
  | Template
  | number
  | boolean
  | null
  | readonly JsonTemplate[]
  | { readonly [name: string]: JsonTemplate };

/** RFC 6901: "/data/0/id"; "" is the whole reply. */
export type Pointer = string;

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Behind the base URL, with its slash. */
  readonly path: Template;
  readonly query?: Readonly<Record<string, Template>>;
  readonly headers?: Readonly<Record<string, Template>>;
  readonly json?: JsonTemplate;
  /** application/x-www-form-urlencoded */
  readonly form?: Readonly<Record<string, Template>>;
  /** multipart/form-data */
  readonly multipart?: Readonly<Record<string, Template>>;
  /** Instead of the description's. */
  readonly authentication?: Authentication;
  /** GET, PUT and DELETE are; what is, is tried again where the provider is busy or unreachable. */
  readonly isIdempotent?: true;
  /** "Idempotency-Key": the provider makes one key of requests that say the same there. */
  readonly idempotencyHeader?: string;
}

export type Authentication =
  | { readonly headers: Readonly<Record<string, Template>> }
  | { readonly basic: { readonly user: Template; readonly password: Template } };

/** How the key lies in the secret: as the whole string, or as a member of a JSON object. */
export interface SecretForm {
  /** The member, "apiKey" by default; metadata `field` may name another. */
  readonly field?: string;
  /** The member for the key's id, "keyId" by default. */
  readonly keyIdField?: string;
  /** The key can't be used without the other members. Otherwise the secret stays in its form. */
  readonly isObject?: true;
}

export interface TestCall extends Call {
  /** How a bad key is answered; 401 and 403 by default. What else fails says nothing of the key. */
  readonly refused?: readonly number[];
  /** What a good key may be answered too: 403, where it may do little. */
  readonly accepted?: readonly number[];
  /** What a good key's reply says. */
  readonly where?: Where;
}

export interface CreateCall extends Call {
  readonly key: Pointer;
  readonly keyId?: Pointer;
  /** What else is kept in a secret that is a JSON object: members and where they are. */
  readonly fields?: Readonly<Record<string, Pointer>>;
}

export interface ListCall extends Call {
  readonly items: Pointer;
  /** These are in each item. */
  readonly keyId: Pointer;
  readonly name: Pointer;
  /** Part of the key's value: "sk-…cdEF", or its last characters. */
  readonly hint?: Pointer;
  /** Only items that say so are keys that live. */
  readonly where?: Where;
  readonly pages?: Pages;
}

export interface CopyCall extends Call {
  /** Without one of these no key is made: it might be allowed more than the old one. */
  readonly values: Readonly<Record<string, Pointer>>;
  /** What not every key has. */
  readonly optionalValues?: Readonly<Record<string, Pointer>>;
}

export type Where = Readonly<Record<Pointer, string | number | boolean>>;

/** How a list goes on. It ends with a page that has fewer items than it might, or none. */
export type Pages =
  /** A query parameter counts pages of `size` items, which the call has to ask for. */
  | { readonly page: string; readonly first: number; readonly size: number }
  /** A query parameter counts items, `size` of them on a page. */
  | { readonly offset: string; readonly size: number }
  /** A query parameter takes what the reply before says there. */
  | { readonly cursor: string; readonly from: Pointer }
  /** The reply says the URL of the next page, on the same host. */
  | { readonly nextUrl: Pointer }
  /** RFC 8288: `Link: <…>; rel="next"`. */
  | { readonly linkHeader: true };

/**
 * Which key a value is, where we didn't make it. One that we made is found by its name, and in a
 * JSON object its id lies beside it.
 */
export type Identification =
  /** The value holds the id: the first group of a regular expression. */
  | { readonly pattern: string }
  /** The key may ask who it is. */
  | (Call & { readonly keyId: Pointer })
  /** The list's `hint` fits one key alone. */
  | { readonly byHint: true };
