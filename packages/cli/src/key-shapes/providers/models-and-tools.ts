/** Keys of language models, and of the tools of a team. */
import { gitleaks, issuedBy, type KeyShape, open, secret } from "../key-shape.ts";

export const shapes: readonly KeyShape[] = [
  ...issuedBy("anthropic", "Anthropic", gitleaks("anthropic-api-key"), [
    secret("API key", "api_key", /^sk-ant-[\w-]{20,}$/),
  ]),
  ...issuedBy("openrouter", "OpenRouter", gitleaks("openrouter-api-key"), [
    secret("API key", "api_key", /^sk-or-v1-[0-9a-f]{32,}$/),
  ]),
  ...issuedBy("openai", "OpenAI", gitleaks("openai-api-key"), [
    secret(
      "API key",
      "api_key",
      /^sk-((proj|svcacct|admin)-[\w-]{20,}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})$/,
    ),
  ]),
  ...issuedBy("groq", "Groq", "https://console.groq.com/docs/quickstart", [
    secret("API key", "api_key", /^gsk_[A-Za-z0-9]{40,}$/),
  ]),
  ...issuedBy("replicate", "Replicate", "https://replicate.com/docs/topics/security/api-tokens", [
    secret("API token", "token", /^r8_[A-Za-z0-9]{30,}$/),
  ]),
  ...issuedBy("huggingface", "Hugging Face", gitleaks("huggingface-access-token"), [
    secret("access token", "token", /^(hf|api_org)_[A-Za-z]{30,}$/),
  ]),
  ...issuedBy("pinecone", "Pinecone", "https://docs.pinecone.io/guides/projects/manage-api-keys", [
    secret("API key", "api_key", /^pcsk_\w{30,}$/),
  ]),
  ...issuedBy("sentry", "Sentry", gitleaks("sentry-org-token"), [
    secret("auth token", "auth_token", /^sntr[yus]+_[\w+/=.-]{40,}$/),
  ]),
  ...issuedBy("sentry", "Sentry", "https://docs.sentry.io/concepts/key-terms/dsn-explainer/", [
    open("DSN", "dsn", /^https:\/\/[0-9a-f]{32}@[\w.-]*sentry\.io\/\d+$/),
  ]),
  ...issuedBy("newrelic", "New Relic", gitleaks("new-relic-user-api-key"), [
    secret("API key", "api_key", /^NR(AK|AA|II|BR|JS)-\w{27,}$/),
  ]),
  ...issuedBy("grafana", "Grafana", gitleaks("grafana-service-account-token"), [
    secret("token", "token", /^gl(sa_\w{32,}|c_[\w+/=]{32,})$/),
  ]),
  ...issuedBy("linear", "Linear", gitleaks("linear-api-key"), [
    secret("API key", "api_key", /^lin_api_[A-Za-z0-9]{40}$/),
  ]),
  ...issuedBy("notion", "Notion", gitleaks("notion-api-token"), [
    secret("integration token", "token", /^ntn_[A-Za-z0-9]{40,}$/),
  ]),
  ...issuedBy("figma", "Figma", "https://www.figma.com/developers/api#access-tokens", [
    secret("access token", "token", /^fig[dour]_[\w-]{30,}$/),
  ]),
  ...issuedBy("airtable", "Airtable", gitleaks("airtable-personnal-access-token"), [
    secret("access token", "token", /^pat[A-Za-z0-9]{14}\.[0-9a-f]{64}$/),
  ]),
  ...issuedBy("postman", "Postman", gitleaks("postman-api-token"), [
    secret("API key", "api_key", /^PMAK-[0-9a-f]{24}-[0-9a-f]{34}$/),
  ]),
];
