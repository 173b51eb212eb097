/** Invariant 2: no reply before its audit event is durable; if it can't be written, none succeeds. */
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compose } from "../src/compose.ts";
import { readConfiguration } from "../src/configuration.ts";
import { listen } from "../src/http/listener.ts";
import { createLogger } from "../src/http/logger.ts";
import { startServer } from "../src/main.ts";
import { startVault, type TestVault } from "../src/testing/index.ts";

let vault: TestVault;

beforeAll(async () => {
  vault = await startVault();
});

afterAll(() => vault?.close());

test("every request has an event by the time its reply is here, refusals too", async () => {
  const ssm = new SSM(vault.client);
  const stranger = new SSM({
    ...vault.client,
    credentials: { ...vault.credentials, secretAccessKey: "not the secret access key" },
  });
  const requestIds = [
    (await ssm.putParameter({ Name: "/a", Value: "1", Type: "SecureString" })).$metadata.requestId,
    (await ssm.getParameter({ Name: "/a" })).$metadata.requestId,
    await refusedId(ssm.getParameter({ Name: "/missing" })),
    await refusedId(stranger.getParameter({ Name: "/a" })),
  ];
  const { Events = [] } = await new CloudTrail(vault.client).lookupEvents({});
  const recorded = Events.map(
    ({ CloudTrailEvent = "{}" }) => JSON.parse(CloudTrailEvent).requestID,
  );
  expect(recorded).toEqual(expect.arrayContaining(requestIds));
});

test("when the log can't be written nothing succeeds, and health says why", async () => {
  const configuration = readConfiguration(
    { data: `${vault.dataDirectory}-unaudited`, port: "0" },
    {
      CLAVIGER_ROOT_ACCESS_KEY_ID: vault.credentials.accessKeyId,
      CLAVIGER_ROOT_SECRET_ACCESS_KEY: vault.credentials.secretAccessKey,
    },
  );
  const composed = await compose(configuration);
  const listener = await listen(composed.pipeline, configuration, createLogger({ to: "nowhere" }), {
    version: "test",
    trouble: () => composed.auditLog.trouble,
    metrics: (traffic) => composed.metrics.text(traffic),
  });
  try {
    const ssm = new SSM({ ...vault.client, endpoint: listener.url });
    await ssm.putParameter({ Name: "/a", Value: "1", Type: "String" });
    await composed.auditLog.close();
    await expect(ssm.getParameter({ Name: "/a" })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 503 },
    });
    const health = await fetch(`${listener.url}/health`);
    expect(health.status).toBe(503);
    expect(await health.text()).toMatch(/audit/i);
    const unrecorded = ssm.putParameter({ Name: "/a", Value: "2", Overwrite: true });
    await expect(unrecorded).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  } finally {
    await listener.close();
    await composed.close();
  }
  const again = await startServer(configuration, { logTo: "nowhere" });
  const { Parameter } = await new SSM({ ...vault.client, endpoint: again.url }).getParameter({
    Name: "/a",
  });
  expect(Parameter?.Value).toBe("1");
  await again.close();
});

async function refusedId(request: Promise<unknown>): Promise<string | undefined> {
  return request.then(
    () => expect.fail("was not refused"),
    (error) => error.$metadata.requestId,
  );
}
