/**
 * What `--help` shows of each command's use, by the words that name the command. A test holds that
 * every command is here and that each example is one.
 */
import type { Command } from "commander";

export const examples: Readonly<Record<string, readonly string[]>> = {
  server: ["claviger server", "claviger server --port 7401 --data ./other-vault"],
  env: ['eval "$(claviger env)"', "claviger env --format json"],
  run: [
    "claviger run --role weather-api -- node app.js",
    "claviger run --env-file .env -- npm start",
    "claviger run --env STRIPE_KEY=ssm:/shop/prod/stripe/key --watch --redact -- npm start",
    "claviger run --role shop --env-file .env --fallback .env.fallback -- npm start",
  ],
  agent: ["claviger agent --role weather-api"],
  "audit verify": ["claviger audit verify --data .claviger"],
  "audit export": ["claviger audit export --data .claviger > trail.jsonl"],
  "accounts add": ["claviger accounts add staging"],
  "accounts list": ["claviger accounts list --format json"],
  "policy why": [
    "claviger policy why 4c1ab3b1-3a0f-4c34-8b7c-1e9b0f0f4f0a",
    "claviger policy why - < denied.txt",
  ],
  "policy generate": [
    "claviger policy generate --role weather-api --for ssm:/weatherproject/apiToken --attach",
  ],
  "policy blast-radius": ["claviger policy blast-radius weather-api"],
  "policy unused": ["claviger policy unused --days 30 --role weather-api"],
  rekey: ["claviger rekey --to passphrase: --passphrase-file passphrase.txt"],
  backup: [
    "claviger backup --to vault-2026-11-22.snapshot",
    "claviger backup --database postgres://claviger@db/vault --to vault-2026-11-22.snapshot",
  ],
  verify: ["claviger verify", "claviger verify --from vault-2026-11-22.snapshot"],
  migrate: ["claviger migrate --from .claviger --to postgres://claviger@db/vault"],
  completion: [
    'eval "$(claviger completion bash)"',
    "claviger completion fish > ~/.config/fish/completions/claviger.fish",
  ],
  import: [
    "claviger import .env --app shop --env production --owner payments --dry-run",
    "claviger import .env worker/.env --app shop --env production --replace --yes",
  ],
  get: [
    "claviger get /shop/prod/stripe/key",
    "claviger get secretsmanager:prod/shop/db#password --stage AWSPREVIOUS",
  ],
  put: [
    "claviger put /shop/prod/stripe/key --owner payments",
    "pass show stripe | claviger put secretsmanager:prod/shop/stripe#api_key",
  ],
  list: ["claviger list /shop/prod", "claviger list --format json"],
  history: ["claviger history /shop/prod/stripe/key"],
  diff: ["claviger diff secretsmanager:prod/shop/db", "claviger diff /shop/prod/url 1 3 --reveal"],
  rollback: [
    "claviger rollback secretsmanager:prod/shop/stripe",
    "claviger rollback /shop/prod/stripe/key --to 2",
  ],
  rotate: [
    "claviger rotate secretsmanager:prod/shop/stripe --watch",
    "claviger rotate secretsmanager:prod/mail --type SendGridApiKey --role arn:aws:iam::123456789012:role/rotator --every 30d --no-now",
    "claviger rotate secretsmanager:prod/mail --rehearse",
  ],
  rotations: ["claviger rotations --watch", "claviger rotations secretsmanager:prod/shop/stripe"],
  revoke: [
    "claviger revoke secretsmanager:prod/shop/stripe --reason 'pushed to a public repository'",
    "claviger revoke secretsmanager:prod/shop/stripe --version AWSPREVIOUS --yes",
  ],
  rm: ["claviger rm secretsmanager:prod/shop/stripe", "claviger rm /shop/prod/old --yes"],
  restore: [
    "claviger restore secretsmanager:prod/shop/stripe",
    "claviger restore --from vault-2026-11-22.snapshot --data ./restored",
  ],
  cp: ["claviger cp /shop/prod/stripe/key secretsmanager:prod/shop/stripe"],
  mv: ["claviger mv /shop/prod/key /shop/prod/stripe/key"],
  advise: ["claviger advise /shop/prod/stripe/key", "claviger advise --all --format json"],
  setup: [
    "claviger setup",
    "claviger setup --user alice --passphrase-file passphrase.txt",
    "claviger setup --unlock",
  ],
  login: [
    "claviger login --endpoint-url https://vault.example.com --role administrator",
    "aws iam create-access-key --user-name bob | claviger login --profile bob",
  ],
  whoami: ["claviger whoami --format json"],
  "keys list": ["claviger keys list"],
  "keys rotate": ["claviger keys rotate --profile claviger"],
  credentials: ["claviger credentials --profile claviger"],
  export: [
    'eval "$(claviger export /shop/prod --format shell)"',
    "claviger export --env-file .env --format k8s --name shop | kubectl apply -f -",
  ],
  template: ["claviger template config.yaml.tmpl --out config.yaml"],
  tag: ["claviger tag /shop/prod/stripe/key owner=payments --remove cost-centre"],
};

/** A command is one object, however many programs of a process it is in. */
const withExamples = new WeakSet<Command>();

/** To its help, and to that of the commands in it. */
export function addExamples(command: Command, words: readonly string[] = []): void {
  if (withExamples.has(command)) return;
  withExamples.add(command);
  const own = [...words, command.name()];
  const lines = examples[own.join(" ")];
  if (lines !== undefined) {
    const title = lines.length === 1 ? "Example:" : "Examples:";
    command.addHelpText("after", ["", title, ...lines.map((line) => `  ${line}`)].join("\n"));
  }
  for (const below of command.commands) addExamples(below, own);
}
