/**
 * Where a line's value goes: `/app/environment/service/key` as a parameter, or as a field of
 * `environment/service/kind` as a secret. The service is the provider that the value's shape tells,
 * or else what the variable's name begins with.
 */
import type { Judgement } from "../key-shapes/judge.ts";
import { wordsOf } from "../key-shapes/words.ts";
import type { Reference } from "../stores/reference.ts";

export interface Target {
  readonly app: string;
  readonly environment: string;
  readonly store: Reference["service"];
}

export interface Place {
  /** `stripe` */
  readonly service: string;
  /** `api_key` */
  readonly key: string;
}

export function placeFor(variable: string, { provider, kind, isSecret }: Judgement): Place {
  if (provider !== undefined && kind !== undefined) return { service: provider, key: kind };
  const [, service, key] = named.exec(wordsOf(variable).join("_")) ?? [];
  if (service !== undefined && key !== undefined) return cleaned({ service, key });
  return { ...ownPlace(variable, undefined), service: isSecret ? "app" : "config" };
}

/** For the second of two that would go to one place: what its own name adds to the service. */
export function ownPlace(variable: string, service: string | undefined): Place {
  const words = wordsOf(variable);
  const isSaid = words.length > 1 && words[0]?.toLowerCase() === service;
  return cleaned({
    service: service ?? "",
    key: (isSaid ? words.slice(1) : words).join("_") || "unnamed",
  });
}

/** What need not be hidden is a parameter in either store: a secret costs, and hides it. */
export function referenceTo(place: Place, isHidden: boolean, target: Target): Reference {
  const { service, key } = place;
  const { app, environment, store } = target;
  if (store === "ssm" || !isHidden) {
    const name = `/${app}/${environment}/${service}/${key}`;
    return { service: "ssm", name, field: undefined };
  }
  const [kind, field] = kindAndField(key);
  return { service: "secretsmanager", name: `${environment}/${service}/${kind}`, field };
}

/** What a key is of, before what it is: `WEBHOOK_SECRET`. */
const qualifiers =
  "API|APP|APPLICATION|SECRET|ACCESS|PRIVATE|PUBLIC|PUBLISHABLE|ENCRYPTION|SIGNING|CLIENT|WEBHOOK|REFRESH|AUTH|BOT|SHARED|SERVER";
const nouns =
  "KEY|KEY_ID|SECRET|TOKEN|PASSWORD|PASSPHRASE|PASS|PWD|URL|URI|DSN|HOST|PORT|USER|USERNAME|NAME|DATABASE|REGION|BUCKET|ENDPOINT|DOMAIN|ID|SID|SALT";
const named = new RegExp(
  `^(?!(?:${qualifiers.replace("|APP|", "|")})_)(.+?)_((?:(?:${qualifiers})_)*(?:${nouns}))$`,
);

/** Pairs that are used together are one secret. */
const pairs: Readonly<Record<string, readonly [kind: string, field: string]>> = {
  access_key_id: ["access_key", "id"],
  secret_access_key: ["access_key", "secret"],
  session_token: ["access_key", "session_token"],
};

/** `api_key` is the field `key` of `api`; what has one word is a field of `credentials`. */
function kindAndField(key: string): readonly [kind: string, field: string] {
  const [, kind, field] = /^(.+)_([^_]+)$/.exec(key) ?? [];
  return pairs[key] ?? (kind && field ? [kind, field] : ["credentials", key]);
}

/** Names hold Latin letters, digits and few marks. */
function cleaned({ service, key }: Place): Place {
  const clean = (text: string) => text.toLowerCase().replace(/[^a-z0-9_]+/g, "_");
  return { service: clean(service), key: clean(key) };
}
