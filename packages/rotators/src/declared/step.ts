/**
 * One step of a described rotation: whose calls it makes to where, what the placeholders stand
 * for, and how the secret holds its key.
 */
import { type Rotation, RotationFailure } from "../rotator.ts";
import { fillBaseUrl } from "./base-url.ts";
import type { Call, CreateCall, KeyDescription, SecretForm, Where } from "./description.ts";
import { lookUp } from "./pointer.ts";
import {
  isSuccess,
  named,
  type Provider,
  type Reply,
  send,
  succeed,
  unexpected,
} from "./provider.ts";
import {
  defaultField,
  type HeldKey,
  type NewKey,
  objectOf,
  readKey,
  writeKey,
} from "./secret-form.ts";
import { type Bindings, fillText } from "./template.ts";

const refusedByDefault = [401, 403];

export class Step {
  readonly rotation: Rotation;
  readonly #description: KeyDescription;
  readonly #provider: Provider;
  readonly #form: SecretForm;
  readonly #own: Bindings;
  #manager: Promise<Bindings> | undefined;

  constructor(description: KeyDescription, rotation: Rotation) {
    const { keyName, token: version, metadata, signal } = rotation;
    this.rotation = rotation;
    this.#description = description;
    this.#form = {
      ...description.value,
      ...(metadata.field !== undefined && { field: metadata.field }),
    };
    const own = { name: keyName, version, dateInAYear: dateInAYear() };
    this.#own = { ...own, ...prefixed("metadata", metadata) };
    const baseUrl = fillBaseUrl(siteOf(description, metadata.site), this.#own);
    this.#provider = { baseUrl, authentication: description.authentication, signal };
  }

  /** By whoever manages keys. Throws RotationFailure unless it succeeds. */
  async manage(call: Call, bindings: Bindings = {}, url?: URL): Promise<Reply> {
    return succeed(this.#provider, call, await this.#managing(bindings), url);
  }

  /** The same, where not every failure is one. */
  async tryToManage(call: Call, bindings: Bindings = {}): Promise<Reply> {
    return send(this.#provider, call, await this.#managing(bindings));
  }

  /** By whoever manages keys, which without an admin secret is this one. */
  async manageAs(secret: string, call: Call, bindings: Bindings): Promise<void> {
    if (this.rotation.metadata.adminSecretArn === undefined) {
      this.#manager = Promise.resolve(this.#credentialIn(secret));
    }
    await this.manage(call, bindings);
  }

  /** By the key itself. */
  async callAs(secret: string, call: Call, bindings: Bindings = {}): Promise<Reply> {
    const credential = this.#credentialIn(secret);
    return send(this.#provider, call, { ...this.#own, ...credential, ...bindings });
  }

  /** Whether the provider accepts the key. Throws RotationFailure where it doesn't say. */
  async isGood(secret: string): Promise<boolean> {
    const { test } = this.#description;
    // Nothing tells, so what a person put there is believed.
    if (test === undefined) return this.held(secret).key !== "";
    const reply = await this.callAs(secret, test);
    if (isSuccess(reply)) return isAsSaid(reply.document, test.where);
    if (test.accepted?.includes(reply.status)) return true;
    if ((test.refused ?? refusedByDefault).includes(reply.status)) return false;
    throw unexpected(test, reply);
  }

  async test(secret: string): Promise<void> {
    if (await this.isGood(secret)) return;
    throw new RotationFailure("The provider doesn't accept the key.");
  }

  held(secret: string): HeldKey {
    return readKey(secret, this.#form);
  }

  written(made: NewKey, old: HeldKey): string {
    return writeKey(made, old, this.#form);
  }

  /** Where the next page of a list may be: nowhere but on the same host. */
  sameHost(reference: string, from: Call): URL {
    const url = URL.parse(reference, this.#provider.baseUrl);
    if (url?.origin === this.#provider.baseUrl.origin) return url;
    throw new RotationFailure(`The next page of ${from.path} is said to be on another host.`);
  }

  /** Metadata, the key's name and its version in a text for people. */
  filled(text: string): string {
    return fillText(text, this.#own);
  }

  async #managing(bindings: Bindings): Promise<Bindings> {
    this.#manager ??= this.#credentialOfManager();
    return { ...this.#own, ...(await this.#manager), ...bindings };
  }

  async #credentialOfManager(): Promise<Bindings> {
    const { versions, metadata } = this.rotation;
    const { adminSecretArn } = metadata;
    if (adminSecretArn === undefined) return this.#credentialIn((await versions.current()).value);
    const secret = await versions.valueOf(adminSecretArn);
    const members = objectOf(secret);
    const { field = defaultField } = this.#description.value ?? {};
    return { credential: members ? members[field] : secret, ...prefixed("credential", members) };
  }

  #credentialIn(secret: string): Bindings {
    const { key, members } = this.held(secret);
    return { credential: key, ...prefixed("credential", members) };
  }
}

/** What a reply says of a key just made. */
export function newKeyOf(call: CreateCall, { document }: Reply): NewKey {
  const textAt = (pointer: string) => {
    const found = lookUp(document, pointer);
    if (typeof found === "number") return String(found);
    if (typeof found === "string" && found !== "") return found;
    throw new RotationFailure(`The answer to ${named(call)} has nothing at ${pointer}.`);
  };
  const fields = Object.entries(call.fields ?? {}).map(([name, at]) => [name, textAt(at)] as const);
  return {
    key: textAt(call.key),
    keyId: call.keyId === undefined ? undefined : textAt(call.keyId),
    fields: Object.fromEntries(fields),
  };
}

export function isAsSaid(document: unknown, where: Where = {}): boolean {
  return Object.entries(where).every(([pointer, value]) => lookUp(document, pointer) === value);
}

function siteOf({ baseUrl, sites = {} }: KeyDescription, site: string | undefined): string {
  if (site === undefined) return baseUrl;
  const url = Object.hasOwn(sites, site) ? sites[site] : undefined;
  if (url !== undefined) return url;
  throw new RotationFailure(`The metadata "site" is none of ${Object.keys(sites).join(", ")}.`);
}

/** No later than providers allow that count leap years as others. */
function dateInAYear(): string {
  return new Date(Date.now() + 364 * 86_400_000).toISOString().slice(0, 10);
}

function prefixed(name: string, members: Readonly<Record<string, unknown>> = {}): Bindings {
  return Object.fromEntries(
    Object.entries(members).map(([member, value]) => [`${name}.${member}`, value]),
  );
}
