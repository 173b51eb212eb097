/**
 * Keys as the providers write them, with their variables. A `{24}` becomes so many letters and
 * digits, `{32h}` hexadecimal ones, and each `|` goes: no line here is a key to any scanner.
 */
import { createHash } from "node:crypto";

export interface Specimen {
  readonly provider: string;
  readonly kind: string;
  readonly variable: string;
  readonly value: string;
}

const rows = `
stripe api_key STRIPE_KEY sk|_live_{24}
stripe api_key STRIPE_KEY sk|_test_{24}
stripe restricted_key STRIPE_KEY rk|_live_{24}
stripe publishable_key STRIPE_KEY pk|_live_{24}
stripe webhook_secret HOOK wh|sec_{32}
clerk secret_key CLERK_SECRET_KEY sk|_live_{40}
sendgrid api_key MAIL_KEY S|G.{22}.{43}
twilio account_sid TWILIO_ACCOUNT A|C{32h}
twilio api_key_sid TWILIO_KEY S|K{32h}
twilio auth_token TWILIO_AUTH_TOKEN {32h}
mailgun api_key MAILGUN key|-{32h}
mailgun api_key MAILGUN {32h}-{8h}-{8h}
mailchimp api_key CHIMP {32h}-us|12
brevo api_key BREVO xkey|sib-{64h}-{16}
resend api_key RESEND re|_{8}_{24}
shopify access_token SHOP shp|at_{32h}
shopify shared_secret SHOP shp|ss_{32h}
square access_token SQUARE sq0|atp-{22}
square application_secret SQUARE sq0|csp-{43}
paypal access_token BRAINTREE access|_token$production|$|{16h}|$|{32h}
paypal client_secret PAYPAL_SECRET E|{79}
slack token SLACK xo|xb-{12d}-{12d}-{24}
slack app_token SLACK xa|pp-1-{11}-{13d}-{64h}
slack webhook_url SLACK https://hooks.slack|.com/services/T{8}/B{8}/{24}
telegram bot_token TG {9d}:{35}
discord bot_token BOT M{25}.{6}.{38}
discord webhook_url HOOK https://discord|.com/api/webhooks/{18d}/{60}
github token GH gh|p_{36}
github token GH github|_pat_{22}_{59}
github token GH gh|s_{36}
gitlab token GL gl|pat-{20}
aws access_key_id KEY_ID AK|IA{16u}
aws secret_access_key AWS_SECRET_ACCESS_KEY {40}
aws session_token AWS_SESSION_TOKEN {300}
google api_key MAPS AI|za{35}
google client_secret OAUTH GOC|SPX-{28}
google client_id OAUTH {12d}-{32h}.apps.googleusercontent.com
google service_account SA {"type":"service_account","private_key":"{40}"}
azure connection_string STORE DefaultEndpointsProtocol=https;AccountName=a;Account|Key={86}==
digitalocean token DO do|p_v1_{64h}
cloudflare api_token CF cf|ut_{48}
cloudflare api_key CF cf|k_{48}
cloudflare api_token CLOUDFLARE_TOKEN {40}
cloudflare api_key CF_API_KEY {37h}
npm token NPM np|m_{36}
pypi token PYPI py|pi-{160}
rubygems api_key GEM ruby|gems_{48h}
docker token HUB dckr|_pat_{27}
databricks token DBX da|pi{32h}
supabase secret_key SB sb|_secret_{31}
supabase publishable_key SB sb|_publishable_{31}
planetscale password PS pscale|_pw_{43}
hashicorp vault_token VAULT hv|s.{24}
hashicorp terraform_token TF {14}.atlas|v1.{67}
doppler token DOPPLER dp|.pt.{43}
tailscale key TS ts|key-auth-{12}-{32}
age secret_key AGE AGE-SECRET|-KEY-1{58u}
anthropic api_key CLAUDE sk|-ant-api03-{93}AA
openrouter api_key LLM sk|-or-v1-{64h}
openai api_key LLM sk|-proj-{48}
openai api_key LLM sk|-{20}T3Blbk|FJ{20}
groq api_key LLM gs|k_{52}
replicate token LLM r8|_{37}
huggingface token HF h|f_{34a}
pinecone api_key VECTORS pc|sk_{70}
mistral api_key MISTRAL_API_KEY {32}
sentry auth_token SENTRY sntr|ys_{60}
sentry dsn DSN https://{32h}@o1.ingest.sentry.io/42
newrelic api_key NR NR|AK-{27u}
grafana token GRAFANA gl|sa_{32}_{8h}
linear api_key LINEAR lin|_api_{40}
notion token NOTION nt|n_{46}
figma token FIGMA fi|gd_{40}
airtable token AIRTABLE pa|t{14}.{64h}
postman api_key POSTMAN PM|AK-{24h}-{34h}
datadog api_key DD_API_KEY {32h}
datadog app_key DATADOG_APP_KEY {40h}
algolia api_key ALGOLIA_ADMIN_KEY {32h}
postmark server_token POSTMARK_TOKEN {8h}-{4h}-{4h}-{4h}-{12h}
heroku api_key HEROKU_API_KEY {8h}-{4h}-{4h}-{4h}-{12h}
heroku api_key HEROKU_API_KEY HR|KU-{60}
postgres url DB postgres://shop:{20}@db:5432/shop
postgres url DB postgresql+asyncpg://shop:{20}@db/shop
mysql url DB mysql://shop:{20}@db/shop
mongodb url DB mongodb+srv://shop:{20}@db.example.net/shop
redis url CACHE redis://:{20}@cache:6379
amqp url QUEUE amqps://shop:{20}@queue/vhost
smtp url MAIL smtps://shop:{20}@mail:465
cloudinary url IMAGES cloudinary://{15d}:{27}@cloud
- connection_string DB Server=db;Database=shop;User Id=sa;Password={20};
- connection_string DB host=db user=shop password={20}
- url API https://user:{20}@api.example.com/v1
- private_key KEY -----BEGIN RSA PRI|VATE KEY-----{60}
- token SESSION ey|J{20}.ey|J{40}.{43}
`;

const alphabets: Readonly<Record<string, string>> = {
  "": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
  a: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
  d: "0123456789",
  h: "0123456789abcdef",
  u: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
};

export const specimens: readonly Specimen[] = rows
  .trim()
  .split("\n")
  .map((row) => {
    const [provider = "", kind = "", variable = "", ...value] = row.split(" ");
    return { provider: provider.replace("-", ""), kind, variable, value: filled(value.join(" ")) };
  });

/** The same at each run, for the same seed. */
export function filled(pattern: string, seed = ""): string {
  let place = 0;
  return pattern
    .replaceAll("|", "")
    .replace(/\{(\d+)([adhu]?)\}/g, (_, length: string, of: string) =>
      digits(`${pattern} ${seed} ${place++}`, Number(length), alphabets[of] ?? ""),
    );
}

function digits(seed: string, length: number, alphabet: string): string {
  let text = "";
  for (let n = 0; text.length < length; n++) {
    for (const byte of createHash("sha256").update(`${seed} ${n}`).digest()) {
      text += alphabet[byte % alphabet.length];
    }
  }
  return text.slice(0, length);
}
