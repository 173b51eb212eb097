/** A vault's configuration, from flags and environment: checked, with its limits. */
import { resolve } from "node:path";
import {
  type DatabaseSetting,
  DatabaseSettingError,
  parseDatabaseSetting,
} from "./database-setting.ts";
import { RootKeyError } from "./encryption/root-keys/root-key.ts";
import { parseRootKeySetting, type RootKeySetting } from "./encryption/root-keys/sources.ts";
import { transportRule } from "./http/address.ts";
import type { AwsCredentials } from "./rotation/lambda-signature.ts";
import {
  type FunctionEntries,
  RotatorsFileError,
  readRotatorsFile,
} from "./rotation/rotators-file.ts";
import { type SettingName, settings } from "./settings.ts";
import { parseRates, type Rates, RatesError } from "./throttling/rates.ts";

export interface Configuration {
  readonly host: string;
  readonly port: number;
  /** Absolute. */
  readonly dataDirectory: string;
  readonly accountId: string;
  /** undefined: the embedded database in the data folder. */
  readonly database: DatabaseSetting | undefined;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly trustedProxies: readonly string[];
  readonly isInsecure: boolean;
  /** undefined: as many requests as come. */
  readonly throttle: Rates | undefined;
  /** undefined: notices go to the log and the change feed alone. */
  readonly noticesWebhook: WebhookSetting | undefined;
  readonly rotators: RotatorsConfiguration;
  /** undefined: read from, or made in, the data folder. A node of many must be given them. */
  readonly rootCredentials: RootCredentials | undefined;
  /** undefined where a node of many was given none: it does not start. */
  readonly rootKey: RootKeySetting | undefined;
  /** Named for `passphrase:`, now or at a rekey. Absolute. */
  readonly passphraseFile: string | undefined;
  /** Where `aws-kms:` and `gcp-kms:` are asked instead of the provider's own address. */
  readonly rootKeyEndpoint: string | undefined;
  readonly limits: Limits;
}

export interface WebhookSetting {
  readonly url: string;
  /** Absolute. */
  readonly secretFile: string;
}

export interface RotatorsConfiguration {
  /** Of the file; absolute. */
  readonly file: string | undefined;
  readonly functions: FunctionEntries;
  /** Of the environment, where a function asks for them. */
  readonly credentials: AwsCredentials | undefined;
}

export interface RootCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Bounds. The first two and those of changes are no settings: nobody has needed another value. */
export interface Limits {
  readonly rowCacheBytesMax: number;
  readonly auditRetentionDays: number;
  /** For an account in a region. */
  readonly standardParametersMax: number;
  readonly advancedParametersMax: number;
  /** How many changes are kept for readers of the feed that come back, and for how long. */
  readonly changesMax: number;
  readonly changeHoursMax: number;
  /** Of one process; a role's streams count together. */
  readonly changeStreamsMax: number;
  readonly changeStreamsPerPrincipalMax: number;
}

/** A setting is off. `hint` says what to do about it. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/**
 * The configuration from flags (by setting name) and environment.
 *
 * Throws ConfigurationError for what is malformed, contradictory, or not in this version.
 */
export function readConfiguration(
  flags: Readonly<Partial<Record<SettingName, string | boolean | undefined>>>,
  environment: Readonly<Record<string, string | undefined>>,
): Configuration {
  const given = (name: SettingName): string | undefined => {
    const flag = flags[name];
    if (flag !== undefined) return String(flag);
    return environment[settings[name].variable] || undefined;
  };
  const settingOf = (name: "host" | "port" | "data" | "accountId"): string =>
    given(name) ?? settings[name].default;

  const dataDirectory = resolve(settingOf("data"));
  const network = networkFrom(settingOf("host"), given);
  const database = databaseFrom(given("database"), network.isInsecure);
  return {
    ...network,
    database,
    port: portFrom(settingOf("port")),
    dataDirectory,
    accountId: accountIdFrom(settingOf("accountId")),
    throttle: throttleFrom(given("throttle")),
    noticesWebhook: webhookFrom(given("noticesWebhook"), given("noticesSecretFile")),
    rotators: rotatorsFrom(given("rotators"), environment),
    rootCredentials: rootCredentialsFrom(given("rootAccessKeyId"), given("rootSecretAccessKey")),
    ...rootKeyFrom(given, database === undefined ? dataDirectory : undefined),
    limits: {
      rowCacheBytesMax: 32 * 1024 * 1024,
      auditRetentionDays: 90,
      standardParametersMax: countFrom("standardParametersMax", given),
      advancedParametersMax: countFrom("advancedParametersMax", given),
      changesMax: 100_000,
      changeHoursMax: 24,
      changeStreamsMax: 4000,
      changeStreamsPerPrincipalMax: 1000,
    },
  };
}

function databaseFrom(text: string | undefined, isInsecure: boolean): DatabaseSetting | undefined {
  if (text === undefined) return undefined;
  try {
    return parseDatabaseSetting(text, isInsecure);
  } catch (error) {
    if (!(error instanceof DatabaseSettingError)) throw error;
    throw new ConfigurationError(error.message, error.hint);
  }
}

function countFrom(
  name: "standardParametersMax" | "advancedParametersMax",
  given: (name: SettingName) => string | undefined,
): number {
  const text = given(name) ?? settings[name].default;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new ConfigurationError(
    `${settings[name].variable}: '${text}' is not a count`,
    `give a whole number, as ${settings[name].default}`,
  );
}

function networkFrom(host: string, given: (name: SettingName) => string | undefined) {
  const ranges = given("behindProxy")?.split(",") ?? [];
  const network = {
    host,
    tls: tlsFrom(given("tlsCert"), given("tlsKey")),
    trustedProxies: ranges.map((range) => range.trim()),
    isInsecure: isOn(given("insecure")),
  };
  const ruling = transportRule({ ...network, hasTls: network.tls !== undefined });
  if (!ruling.isAllowed) throw new ConfigurationError(ruling.message, ruling.hint);
  return network;
}

function portFrom(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new ConfigurationError(`'${text}' is not a port`, "give a number from 0 to 65535");
}

function accountIdFrom(text: string): string {
  if (/^\d{12}$/.test(text)) return text;
  throw new ConfigurationError(
    `'${text}' is not an account id`,
    "give twelve digits, as 123456789012",
  );
}

function tlsFrom(certFile: string | undefined, keyFile: string | undefined) {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile !== undefined && keyFile !== undefined) {
    return { certFile: resolve(certFile), keyFile: resolve(keyFile) };
  }
  throw new ConfigurationError(
    "--tls-cert and --tls-key belong together",
    "give both, or neither to serve on loopback without TLS",
  );
}

function throttleFrom(text: string | undefined): Rates | undefined {
  if (text === undefined) return undefined;
  try {
    return parseRates(text);
  } catch (error) {
    if (!(error instanceof RatesError)) throw error;
    throw new ConfigurationError(`--throttle: ${error.message}`, error.hint);
  }
}

/** The URL may hold a token, so no message quotes it. */
function webhookFrom(
  url: string | undefined,
  secretFile: string | undefined,
): WebhookSetting | undefined {
  if (url === undefined && secretFile === undefined) return undefined;
  if (url === undefined || secretFile === undefined) {
    throw new ConfigurationError(
      "half of the webhook is missing",
      "give --notices-webhook and --notices-secret-file, or neither",
    );
  }
  const { protocol, hostname } = URL.parse(url) ?? { protocol: "", hostname: "" };
  const isLocal = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (protocol !== "https:" && !(protocol === "http:" && isLocal)) {
    throw new ConfigurationError(
      "--notices-webhook is no URL that notices can be sent to",
      "give an https:// URL; plain HTTP serves on loopback alone",
    );
  }
  return { url, secretFile: resolve(secretFile) };
}

function rotatorsFrom(
  given: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): RotatorsConfiguration {
  if (given === undefined) return { file: undefined, functions: new Map(), credentials: undefined };
  const file = resolve(given);
  try {
    const functions = readRotatorsFile(file);
    const isSigned = [...functions.values()].some((entry) => "isSigned" in entry && entry.isSigned);
    return { file, functions, credentials: isSigned ? awsCredentialsFrom(environment) : undefined };
  } catch (error) {
    if (!(error instanceof RotatorsFileError)) throw error;
    throw new ConfigurationError(
      `--rotators ${given}: ${error.message}`,
      "docs/guides/rotation.md shows what it holds",
    );
  }
}

function awsCredentialsFrom(
  environment: Readonly<Record<string, string | undefined>>,
): AwsCredentials {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (!accessKeyId || !secretAccessKey) {
    throw new ConfigurationError(
      "a function of --rotators is invoked with the environment's credentials, which has none",
      "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    );
  }
  return { accessKeyId, secretAccessKey, sessionToken: environment.AWS_SESSION_TOKEN || undefined };
}

function isOn(text: string | undefined): boolean {
  return text !== undefined && !["", "0", "false", "no"].includes(text.toLowerCase());
}

function rootCredentialsFrom(
  accessKeyId: string | undefined,
  secretAccessKey: string | undefined,
): RootCredentials | undefined {
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  const hint = `set ${settings.rootAccessKeyId.variable} and ${settings.rootSecretAccessKey.variable}, or neither`;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new ConfigurationError("half of the root credentials is missing", hint);
  }
  if (!/^\w{16,128}$/.test(accessKeyId)) {
    throw new ConfigurationError(
      `${settings.rootAccessKeyId.variable} is not an access key id`,
      "give 16 to 128 letters and digits, as AKIA…",
    );
  }
  if (secretAccessKey.length < 16) {
    throw new ConfigurationError(
      `${settings.rootSecretAccessKey.variable} is too short to be safe`,
      "give at least 16 random characters; AWS's own have 40",
    );
  }
  return { accessKeyId, secretAccessKey };
}

function rootKeyFrom(
  given: (name: SettingName) => string | undefined,
  dataDirectory: string | undefined,
) {
  const file = given("passphraseFile");
  const passphraseFile = file && resolve(file);
  const rootKeyEndpoint = given("rootKeyEndpoint");
  if (rootKeyEndpoint !== undefined && !/^https?:\/\/[^/]+\/?$/.test(rootKeyEndpoint)) {
    throw new ConfigurationError(
      `'${rootKeyEndpoint}' is not an endpoint`,
      "give a URL without a path, as https://kms.example.com",
    );
  }
  return {
    rootKey: rootKeySettingFrom(given("rootKey"), passphraseFile, dataDirectory),
    passphraseFile,
    rootKeyEndpoint,
  };
}

function rootKeySettingFrom(
  source: string | undefined,
  passphraseFile: string | undefined,
  dataDirectory: string | undefined,
): RootKeySetting | undefined {
  if (source === undefined) {
    if (dataDirectory === undefined) return undefined;
    return { type: "file", path: resolve(dataDirectory, "root.key"), isMadeIfMissing: true };
  }
  try {
    return parseRootKeySetting(source, passphraseFile);
  } catch (error) {
    if (!(error instanceof RootKeyError)) throw error;
    throw new ConfigurationError(`${settings.rootKey.variable}: ${error.message}`, error.hint);
  }
}
