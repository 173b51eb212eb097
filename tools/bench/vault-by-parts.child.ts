/**
 * A vault composed here instead of by `claviger server`, so that its audit log can be another one: a
 * vault has no setting that turns it off. Its arguments are the data folder and `kept` or
 * `forgotten`; prints what an AWS client needs as JSON.
 */
import type { AuditLog } from "../../packages/vault/src/audit/event.ts";
import { Authenticator } from "../../packages/vault/src/authentication/authenticate.ts";
import { WebIdentities } from "../../packages/vault/src/authentication/web-identity/web-identities.ts";
import { systemClock, systemRandomness } from "../../packages/vault/src/clock.ts";
import { compose, services } from "../../packages/vault/src/compose.ts";
import { readConfiguration } from "../../packages/vault/src/configuration.ts";
import { listen } from "../../packages/vault/src/http/listener.ts";
import { createLogger } from "../../packages/vault/src/http/logger.ts";
import { createPipeline } from "../../packages/vault/src/pipeline.ts";

const credentials = {
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const [, , data = "", trail] = process.argv;
const configuration = readConfiguration(
  { data, port: "0" },
  {
    CLAVIGER_ROOT_ACCESS_KEY_ID: credentials.AWS_ACCESS_KEY_ID,
    CLAVIGER_ROOT_SECRET_ACCESS_KEY: credentials.AWS_SECRET_ACCESS_KEY,
  },
);
const composed = await compose(configuration);
const { vault, metrics } = composed;
const auditLog = trail === "forgotten" ? forgetful(composed.auditLog) : composed.auditLog;
const pipeline = createPipeline({
  services,
  vault,
  authenticator: new Authenticator(vault.principals, vault.sessions, systemClock),
  webIdentities: new WebIdentities(vault.principals.oidcProviders, systemClock),
  auditLog,
  metrics,
  throttle: undefined,
  clock: systemClock,
  randomness: systemRandomness,
  firstAccountId: configuration.accountId,
  onFault: (fault) => console.error(fault),
});
const listener = await listen(pipeline, configuration, createLogger({ to: "nowhere" }), {
  version: "bench",
  trouble: () => undefined,
  metrics: (traffic) => metrics.text(traffic),
});
process.stdout.write(
  `${JSON.stringify({ ...credentials, AWS_ENDPOINT_URL: listener.url, AWS_REGION: "us-east-1" })}\n`,
);
process.once("SIGTERM", async () => {
  await listener.close();
  await composed.close();
});

/** Keeps nothing of any event; answers questions from the log that is there. */
function forgetful(log: AuditLog): AuditLog {
  const kept = Promise.resolve();
  return new Proxy(log, {
    get: (_, name) => (name === "append" ? () => kept : Reflect.get(log, name, log)),
  });
}
