/** Keys of clouds, of code hosts and package registries, and of what keeps secrets. */
import { gitleaks, issuedBy, type KeyShape, open, secret } from "../key-shape.ts";

export const shapes: readonly KeyShape[] = [
  ...issuedBy(
    "github",
    "GitHub",
    "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github",
    [
      secret("personal access token", "token", /^(ghp_\w{36,}|github_pat_\w{22,})$/),
      secret("OAuth or app token", "token", /^gh[ousr]_\w{36,}$/),
    ],
  ),
  ...issuedBy("gitlab", "GitLab", "https://docs.gitlab.com/security/tokens/#token-prefixes", [
    secret("access token", "token", /^gl(pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat)-[\w.-]{20,}$/),
  ]),
  ...issuedBy(
    "aws",
    "AWS",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
    [secret("access key id", "access_key_id", /^(AKIA|ASIA)[A-Z2-7]{16}$/)],
  ),
  ...issuedBy("google", "Google", gitleaks("gcp-api-key"), [
    secret("API key", "api_key", /^AIza[\w-]{35}$/),
  ]),
  ...issuedBy("google", "Google", "https://support.google.com/cloud/answer/15549257", [
    secret("OAuth client secret", "client_secret", /^GOCSPX-[\w-]{20,}$/),
    open("OAuth client id", "client_id", /^\d+-\w+\.apps\.googleusercontent\.com$/),
  ]),
  ...issuedBy("google", "Google", "https://cloud.google.com/iam/docs/keys-create-delete", [
    secret(
      "service account key",
      "service_account",
      /^\s*\{(?=[\s\S]*"private_key"\s*:)(?=[\s\S]*"service_account")/,
    ),
  ]),
  ...issuedBy(
    "azure",
    "Azure",
    "https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string",
    [
      secret(
        "storage connection string",
        "connection_string",
        /^(?=.*AccountName=)(?=.*AccountKey=[\w+/]{40,}={0,2}).*$/,
      ),
    ],
  ),
  ...issuedBy(
    "digitalocean",
    "DigitalOcean",
    "https://docs.digitalocean.com/reference/api/create-personal-access-token/",
    [secret("token", "token", /^do[opr]_v1_[0-9a-f]{64}$/)],
  ),
  ...issuedBy(
    "cloudflare",
    "Cloudflare",
    "https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/",
    [
      secret("API token", "api_token", /^cf[ua]t_\w{40,}$/),
      secret("global API key", "api_key", /^cfk_\w{40,}$/),
    ],
  ),
  ...issuedBy("npm", "npm", gitleaks("npm-access-token"), [
    secret("access token", "token", /^npm_[A-Za-z0-9]{36}$/),
  ]),
  ...issuedBy("pypi", "PyPI", "https://pypi.org/help/#apitoken", [
    secret("API token", "token", /^pypi-[\w-]{40,}$/),
  ]),
  ...issuedBy("rubygems", "RubyGems", gitleaks("rubygems-api-token"), [
    secret("API key", "api_key", /^rubygems_[0-9a-f]{48}$/),
  ]),
  ...issuedBy("docker", "Docker Hub", "https://docs.docker.com/security/access-tokens/", [
    secret("access token", "token", /^dckr_(pat|oat)_[\w-]{20,}$/),
  ]),
  ...issuedBy("databricks", "Databricks", gitleaks("databricks-api-token"), [
    secret("access token", "token", /^dapi[0-9a-f]{32}(-\d)?$/),
  ]),
  ...issuedBy("supabase", "Supabase", "https://supabase.com/docs/guides/api/api-keys", [
    secret("secret key", "secret_key", /^(sb_secret_[\w-]{20,}|sbp_[0-9a-f]{40})$/),
    open("publishable key", "publishable_key", /^sb_publishable_[\w-]{20,}$/),
  ]),
  ...issuedBy("planetscale", "PlanetScale", gitleaks("planetscale-password"), [
    secret("password or token", "password", /^pscale_(pw|tkn|oauth)_[\w.=-]{32,}$/),
  ]),
  ...issuedBy("hashicorp", "HashiCorp", gitleaks("vault-service-token"), [
    secret("Vault token", "vault_token", /^hv[sbr]\.[\w-]{24,}$/),
  ]),
  ...issuedBy("hashicorp", "HashiCorp", gitleaks("hashicorp-tf-api-token"), [
    secret("Terraform token", "terraform_token", /^[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,}$/),
  ]),
  ...issuedBy("doppler", "Doppler", gitleaks("doppler-api-token"), [
    secret("token", "token", /^dp\.(pt|st|ct|sa|scim|audit)\.[\w.-]{40,}$/),
  ]),
  ...issuedBy("tailscale", "Tailscale", "https://tailscale.com/kb/1085/auth-keys", [
    secret("key", "key", /^tskey-[\w-]{20,}$/),
  ]),
  ...issuedBy("age", "age", gitleaks("age-secret-key"), [
    secret("secret key", "secret_key", /^AGE-SECRET-KEY-1[0-9A-Z]{58}$/),
  ]),
];
