/**
 * A project as many a one is: 14 keys that look live in three files, among plain configuration.
 * They are put together here, so that no scanner of this repository finds any, and open nothing.
 */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filled } from "../src/key-shapes/specimens.fixture.ts";

export interface LeakyProject {
  readonly folder: string;
  /** By file, as they are typed. */
  readonly files: Readonly<Record<string, string>>;
  /** The 14 keys, by their variables. */
  readonly keys: Readonly<Record<string, string>>;
}

/** By their variables; another seed makes other keys. */
function keys(seed: string): Record<string, string> {
  const patterns = {
    STRIPE_KEY: "sk|_live_{24}",
    STRIPE_WEBHOOK_SECRET: "wh|sec_{32}",
    SENDGRID_API_KEY: "S|G.{22}.{43}",
    DATABASE_URL: "postgres://shop:{20}@db.internal:5432/shop",
    REDIS_URL: "rediss://:{24}@cache.internal:6379/0",
    SESSION_SECRET: "{64h}",
    GITHUB_TOKEN: "gh|p_{36}",
    S3_ACCESS_KEY_ID: "AK|IA{16u}",
    S3_SECRET_ACCESS_KEY: "{40}",
    SLACK_BOT_TOKEN: "xo|xb-{12d}-{24}",
    OPENAI_API_KEY: "sk|-proj-{48}",
    TWILIO_AUTH_TOKEN: "{32h}",
    GOOGLE_MAPS_KEY: "AI|za{35}",
    LEGACY_ADMIN_PASSWORD: "hunter-{4}",
  };
  return Object.fromEntries(
    Object.entries(patterns).map(([variable, pattern]) => [variable, filled(pattern, seed)]),
  );
}

/** The program: it knows its keys when it gets them, and shows none. */
const shop = `import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const fingerprints = Object.entries(JSON.parse(readFileSync("fingerprints.json", "utf8")));
const right = fingerprints.filter(([variable, fingerprint]) => {
  const value = process.env[variable] ?? "";
  return createHash("sha256").update(value).digest("hex") === fingerprint;
});
console.log(\`The shop runs on port \${process.env.PORT} with \${right.length} of its keys.\`);
`;

function fingerprint(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}

/** Writes its files, and the program that uses them, below `folder`. */
export function makeLeakyProject(folder: string, seed = ""): LeakyProject {
  const k = keys(seed);
  const files = {
    ".env": `# The shop. Ask Ada before you change anything here.
NODE_ENV=production
PORT=8080
export STRIPE_KEY=${k.STRIPE_KEY}   # the live one
STRIPE_WEBHOOK_SECRET="${k.STRIPE_WEBHOOK_SECRET}"
SENDGRID_API_KEY='${k.SENDGRID_API_KEY}'

DATABASE_URL=${k.DATABASE_URL}
REDIS_URL=${k.REDIS_URL}
SESSION_SECRET=${k.SESSION_SECRET}
SENTRY_DSN=
`,
    "worker/.env": `# The worker
LOG_LEVEL=info
GITHUB_TOKEN=${k.GITHUB_TOKEN}
S3_REGION=eu-central-1
S3_ACCESS_KEY_ID=${k.S3_ACCESS_KEY_ID}
S3_SECRET_ACCESS_KEY=${k.S3_SECRET_ACCESS_KEY}
SLACK_BOT_TOKEN=${k.SLACK_BOT_TOKEN}
`,
    "settings.json": `{
  "OPENAI_API_KEY": "${k.OPENAI_API_KEY}",
  "TWILIO_AUTH_TOKEN": "${k.TWILIO_AUTH_TOKEN}",
  "GOOGLE_MAPS_KEY": "${k.GOOGLE_MAPS_KEY}",
  "LEGACY_ADMIN_PASSWORD": "${k.LEGACY_ADMIN_PASSWORD}",
  "BETA": "true"
}
`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: 0o640 });
  }
  const fingerprints = Object.entries(k).map(([variable, value]) => [variable, fingerprint(value)]);
  writeFileSync(
    join(folder, "fingerprints.json"),
    JSON.stringify(Object.fromEntries(fingerprints)),
  );
  writeFileSync(join(folder, "shop.mjs"), shop);
  return { folder, files, keys: k };
}
