/**
 * Every setting, with its flag, variable and default: the one list from which the command line,
 * the environment and docs/reference/configuration.md are made.
 */

export interface Setting {
  /** Without the leading dashes; undefined for what belongs in the environment alone. */
  readonly flag: string | undefined;
  readonly variable: string;
  /** What stands for the value in help; undefined for a switch. */
  readonly placeholder: string | undefined;
  readonly default: string | undefined;
  readonly says: string;
}

export const settings = {
  host: {
    flag: "host",
    variable: "CLAVIGER_HOST",
    placeholder: "ADDRESS",
    default: "127.0.0.1",
    says: "Address to listen on. Other than loopback it needs TLS, --behind-proxy or --insecure.",
  },
  port: {
    flag: "port",
    variable: "CLAVIGER_PORT",
    placeholder: "PORT",
    default: "7400",
    says: "Port to listen on; 0 takes a free one.",
  },
  data: {
    flag: "data",
    variable: "CLAVIGER_DATA",
    placeholder: "DIR",
    default: "./.claviger",
    says: "Folder of the embedded database, the root key and the root credentials; with `--database`, only of what `claviger env` reads.",
  },
  database: {
    flag: "database",
    variable: "CLAVIGER_DATABASE",
    placeholder: "URL",
    default: undefined,
    says: "postgres://USER:PASSWORD@HOST:5432/NAME, of many nodes. The root key and the root credentials must be given then; to another machine it needs sslmode=verify-full, or `--insecure`.",
  },
  accountId: {
    flag: "account-id",
    variable: "CLAVIGER_ACCOUNT_ID",
    placeholder: "ID",
    default: "123456789012",
    says: "The vault's first account: twelve digits.",
  },
  tlsCert: {
    flag: "tls-cert",
    variable: "CLAVIGER_TLS_CERT",
    placeholder: "FILE",
    default: undefined,
    says: "Certificate chain in PEM; serves HTTPS together with --tls-key.",
  },
  tlsKey: {
    flag: "tls-key",
    variable: "CLAVIGER_TLS_KEY",
    placeholder: "FILE",
    default: undefined,
    says: "Private key in PEM of --tls-cert.",
  },
  behindProxy: {
    flag: "behind-proxy",
    variable: "CLAVIGER_BEHIND_PROXY",
    placeholder: "CIDR,…",
    default: undefined,
    says: "Addresses of the proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.",
  },
  insecure: {
    flag: "insecure",
    variable: "CLAVIGER_INSECURE",
    placeholder: undefined,
    default: undefined,
    says: "Serve beyond loopback without TLS. Requests and secrets can then be read on the way.",
  },
  throttle: {
    flag: "throttle",
    variable: "CLAVIGER_THROTTLE",
    placeholder: "RATES",
    default: undefined,
    says: "Most requests a second, as `account=1000,principal=100,ssm:GetParameter=40`: of an account, of a user or role (all its sessions together), of an account for one operation. As many are also the burst. Beyond it: ThrottlingException, upon which SDKs wait and try again. Each node counts by itself. No limits unless given.",
  },
  rotators: {
    flag: "rotators",
    variable: "CLAVIGER_ROTATORS",
    placeholder: "FILE",
    default: undefined,
    says: "JSON: where rotation functions are (`functions`, by ARN), descriptions of further types of keys (`types`), and further IAMs that rotators may ask (`endpoints`).",
  },
  noticesWebhook: {
    flag: "notices-webhook",
    variable: "CLAVIGER_NOTICES_WEBHOOK",
    placeholder: "URL",
    default: undefined,
    says: "Where notices are sent: that a parameter or a secret's token ends, or was left unchanged for too long. HTTPS (plain HTTP on loopback); docs/guides/change-feed.md says what is sent.",
  },
  noticesSecretFile: {
    flag: "notices-secret-file",
    variable: "CLAVIGER_NOTICES_SECRET_FILE",
    placeholder: "FILE",
    default: undefined,
    says: "File of mode 0600 with the secret that signs what --notices-webhook is sent, 32 characters or more; a line feed at its end is ignored.",
  },
  rootAccessKeyId: {
    flag: undefined,
    variable: "CLAVIGER_ROOT_ACCESS_KEY_ID",
    placeholder: "ID",
    default: undefined,
    says: "Access key id of the account root; made at the first start where unset.",
  },
  rootSecretAccessKey: {
    flag: undefined,
    variable: "CLAVIGER_ROOT_SECRET_ACCESS_KEY",
    placeholder: "SECRET",
    default: undefined,
    says: "Secret access key of the account root; made at the first start where unset.",
  },
  rootKey: {
    flag: undefined,
    variable: "CLAVIGER_ROOT_KEY",
    placeholder: "SOURCE",
    default: "file:DIR/root.key",
    says: "Where the root key comes from: `file:PATH`, `passphrase:`, `aws-kms:ARN` (of a key or alias) or `gcp-kms:NAME` (projects/…/cryptoKeys/…). Only the default is made at the first start, mode 0600. `claviger rekey` changes it on a running vault.",
  },
  passphraseFile: {
    flag: undefined,
    variable: "CLAVIGER_PASSPHRASE_FILE",
    placeholder: "FILE",
    default: undefined,
    says: "File of mode 0600 with the passphrase of `passphrase:`, 16 characters or more; a line feed at its end is ignored.",
  },
  rootKeyEndpoint: {
    flag: undefined,
    variable: "CLAVIGER_ROOT_KEY_ENDPOINT",
    placeholder: "URL",
    default: undefined,
    says: "Where `aws-kms:` and `gcp-kms:` are asked instead of the provider's own address. AWS_ENDPOINT_URL is never used for it.",
  },
  standardParametersMax: {
    flag: undefined,
    variable: "CLAVIGER_STANDARD_PARAMETERS_MAX",
    placeholder: "COUNT",
    default: "10000",
    says: "How many standard parameters an account may have in a region.",
  },
  advancedParametersMax: {
    flag: undefined,
    variable: "CLAVIGER_ADVANCED_PARAMETERS_MAX",
    placeholder: "COUNT",
    default: "100000",
    says: "How many advanced parameters an account may have in a region.",
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;
