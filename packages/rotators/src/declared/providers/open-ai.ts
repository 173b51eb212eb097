/**
 * OpenAI's service accounts of a project. The API gives an account its key when it makes it, so the
 * account is what is made anew, and deleted with its old key.
 */
import type { AnotherKey } from "../description.ts";

const path = "/organization/projects/{metadata.projectId}/service_accounts";

export const openAiServiceAccountKey: AnotherKey = {
  title: "OpenAI service account's API key",
  documentation: "https://platform.openai.com/docs/api-reference/project-service-accounts",
  baseUrl: "https://api.openai.com/v1",
  authentication: { headers: { authorization: "Bearer {credential}" } },
  adminSecret: { required: true, says: "An admin API key of the organization." },
  metadata: { projectId: { required: true, says: "The project's id: proj_…" } },
  value: { keyIdField: "serviceAccountId" },
  strategy: "recreate",
  create: {
    method: "POST",
    path,
    json: { name: "{name}" },
    key: "/api_key/value",
    keyId: "/id",
  },
  list: {
    method: "GET",
    path,
    query: { limit: "100" },
    items: "/data",
    keyId: "/id",
    name: "/name",
    pages: { cursor: "after", from: "/last_id" },
  },
  revoke: { method: "DELETE", path: `${path}/{keyId}` },
  test: { method: "GET", path: "/models" },
};
