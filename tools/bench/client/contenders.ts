/**
 * What an application may read its secrets with, each used as its own documentation shows it: this
 * library, Powertools, middy, and lru-cache around the AWS SDK.
 */
import { SecretsProvider } from "@aws-lambda-powertools/parameters/secrets";
import { SSMProvider } from "@aws-lambda-powertools/parameters/ssm";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { createSecrets, type Secret } from "@claviger/client";
import middy from "@middy/core";
import middySecretsManager from "@middy/secrets-manager";
import middySsm from "@middy/ssm";
import { LRUCache } from "lru-cache";

/** A cache of its own, cold, with the store at an endpoint as its far side. */
export interface Contender {
  /** One parameter. */
  get(): Promise<unknown>;
  /** What `get` resolved with, as text. */
  text(got: unknown): string;
  /** The same without waiting, where there is such a thing; undefined before the first `get`. */
  readonly peek: (() => unknown) | undefined;
  /** Secrets of these names, all in this tick. */
  all(names: readonly string[]): Promise<unknown>;
  close(): void;
}

export interface Store {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly ttlSeconds: number;
  /** Of the one parameter. */
  readonly name: string;
}

const region = "us-east-1";

function claviger({ endpoint, credentials, ttlSeconds, name }: Store): Contender {
  const secrets = createSecrets({ endpoint, region, credentials, ttlSeconds });
  const parameter = secrets.parameter(name);
  return {
    get: () => parameter.get(),
    text: (got) => (got as Secret<string>).reveal(),
    peek: () => parameter.peek(),
    all: (names) => Promise.all(names.map((name) => secrets.secret(name).get())),
    close: () => secrets.close(),
  };
}

function powertools({ ttlSeconds: maxAge, name, ...config }: Store): Contender {
  const { ssm, secretsManager } = clients(config);
  const parameters = new SSMProvider({ awsSdkV3Client: ssm });
  const secrets = new SecretsProvider({ awsSdkV3Client: secretsManager });
  return {
    get: () => parameters.get(name, { maxAge, decrypt: true }),
    text: String,
    peek: undefined,
    all: (names) => Promise.all(names.map((name) => secrets.get(name, { maxAge }))),
    close: () => ends(ssm, secretsManager),
  };
}

let caches = 0;

function middyMiddleware({ ttlSeconds, name, ...config }: Store): Contender {
  const common = {
    awsClientOptions: { ...config, region },
    disablePrefetch: true,
    setToContext: true,
    // Its default, -1, is for ever.
    cacheExpiry: Number.isFinite(ttlSeconds) ? ttlSeconds * 1000 : -1,
  };
  const handled = (middleware: object) => {
    const handler = middy(async (_event: object, context: object) => Object(context).value).use(
      middleware,
    );
    return () => handler({}, {} as never);
  };
  const fetchData = { value: name };
  return {
    get: handled(middySsm({ ...common, cacheKey: `ssm-${caches++}`, fetchData })),
    text: String,
    peek: undefined,
    all(names) {
      const fetchData = Object.fromEntries(names.map((name, at) => [`value${at}`, name]));
      const cacheKey = `secrets-${caches++}`;
      return handled(middySecretsManager({ ...common, cacheKey, fetchData }))();
    },
    close() {},
  };
}

function lruCache({ ttlSeconds, name, ...config }: Store): Contender {
  const { ssm, secretsManager } = clients(config);
  const ttl = ttlSeconds * 1000;
  const parameters = new LRUCache<string, string>({
    max: 1000,
    ttl,
    async fetchMethod(Name) {
      const output = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
      return output.Parameter?.Value;
    },
  });
  const secrets = new LRUCache<string, string>({
    max: 1000,
    ttl,
    async fetchMethod(SecretId) {
      return (await secretsManager.send(new GetSecretValueCommand({ SecretId }))).SecretString;
    },
  });
  return {
    get: () => parameters.fetch(name),
    text: String,
    peek: () => parameters.get(name),
    all: (names) => Promise.all(names.map((name) => secrets.fetch(name))),
    close: () => ends(ssm, secretsManager),
  };
}

export const contenders = {
  "@claviger/client": claviger,
  "Powertools parameters": powertools,
  middy: middyMiddleware,
  "lru-cache and the SDK": lruCache,
} as const satisfies Record<string, (store: Store) => Contender>;

export type ContenderName = keyof typeof contenders;

export const contenderNames = Object.keys(contenders) as ContenderName[];

function clients(config: Pick<Store, "endpoint" | "credentials">) {
  return {
    ssm: new SSMClient({ ...config, region }),
    secretsManager: new SecretsManagerClient({ ...config, region }),
  };
}

function ends(...clients: readonly { destroy(): void }[]): void {
  for (const client of clients) client.destroy();
}
