/**
 * A vault composed here instead of by `claviger server`, so that its audit log can be made to keep
 * nothing: a vault has no setting that does so. Its arguments are the data folder and `kept` or
 * `forgotten`; prints what an AWS client needs as JSON.
 */
import { compose } from "../../packages/vault/src/compose.ts";
import { readConfiguration } from "../../packages/vault/src/configuration.ts";
import { listen } from "../../packages/vault/src/http/listener.ts";
import { createLogger } from "../../packages/vault/src/http/logger.ts";

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
if (trail === "forgotten") {
  const kept = Promise.resolve();
  // What the pipeline asks to keep an event, asked no more.
  composed.vault.auditLog.append = () => kept;
}
const { url, close } = await listen(
  composed.pipeline,
  configuration,
  createLogger({ to: "nowhere" }),
  {
    version: "bench",
    trouble: () => composed.trouble,
    metrics: (traffic) => composed.metrics.text(traffic),
  },
);
const environment = { ...credentials, AWS_ENDPOINT_URL: url, AWS_REGION: "us-east-1" };
process.stdout.write(`${JSON.stringify(environment)}\n`);
process.once("SIGTERM", async () => {
  await close();
  await composed.close();
});
