/**
 * A Lambda function on a schedule: every night it asks a metrics provider how much was used, and
 * posts that to a chat. It reads two plain-text secrets, one for each, under its execution role.
 */
import { bearer, createSecrets } from "@claviger/client";

const { METRICS_URL = "", CHAT_URL = "" } = process.env;

// A function that is frozen between its invocations hears of nothing: the TTL has to do, and a
// provider's 401, upon which `fetch` reads the newest secret and asks again.
const secrets = createSecrets({ push: false });
const authorization = (id: string) => ({
  header: "authorization",
  value: bearer(secrets.secret(id)),
});
const fetch = secrets.fetch({
  [METRICS_URL]: authorization("prod/nightly-report/metrics-token"),
  [CHAT_URL]: authorization("prod/nightly-report/chat-token"),
});

// While the function is initialised, with one call for both: what is missing or forbidden shows
// when the function is deployed, not at night, and no invocation waits for a secret.
await secrets.load();

/** What EventBridge sends on a schedule, as far as it is looked at. */
export interface ScheduledEvent {
  /** ISO 8601. */
  readonly time: string;
}

export interface Report {
  readonly day: string;
  readonly requests: number;
}

export async function handler({ time }: ScheduledEvent): Promise<Report> {
  const day = time.slice(0, 10);
  const usage = await accepted(fetch(`${METRICS_URL}/usage?day=${day}`));
  const { requests } = (await usage.json()) as { requests: number };
  const text = `${day}: ${requests} requests`;
  await accepted(fetch(`${CHAT_URL}/messages`, { method: "POST", body: text }));
  return { day, requests };
}

async function accepted(answer: Promise<Response>): Promise<Response> {
  const response = await answer;
  if (response.ok) return response;
  throw new Error(`${new URL(response.url).host} answered ${response.status}`);
}
