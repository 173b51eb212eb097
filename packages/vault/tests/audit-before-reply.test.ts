/** Invariant 2: no reply before its audit event is durable; if it can't be written, none succeeds. */
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { compose } from "../src/compose.ts";
import { type Configuration, readConfiguration } from "../src/configuration.ts";
import { listen } from "../src/http/listener.ts";
import { createLogger } from "../src/http/logger.ts";
import { startServer } from "../src/main.ts";
import { startVault, type TestVault } from "../src/testing/index.ts";
import { ask, FeedReader } from "./api/change-feed.fixture.ts";

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
  const configuration = configurationIn("unaudited");
  const { composed, listener } = await serve(configuration);
  try {
    const ssm = new SSM({ ...vault.client, endpoint: listener.url });
    await ssm.putParameter({ Name: "/a", Value: "1", Type: "String" });
    await composed.vault.auditLog.close();
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

test("a change feed that could not be recorded is not opened, and takes no stream's place", async () => {
  const configuration = configurationIn("unaudited-feed");
  const limits = { ...configuration.limits, changeStreamsMax: 1 };
  const { composed, listener } = await serve({ ...configuration, limits });
  const { clock, credentials } = vault;
  const at = { url: listener.url, clock, credentials };
  try {
    const append = vi
      .spyOn(composed.vault.auditLog, "append")
      .mockRejectedValueOnce(new Error("full"));
    const { reply } = await ask(at);
    expect(reply.statusCode).toBe(503);
    expect(Buffer.concat(await reply.toArray()).toString()).toContain("ServiceUnavailable");
    append.mockRestore();
    // The only place there is; a stream that had stayed open would have it.
    (await FeedReader.open(at)).close();
  } finally {
    await listener.close();
    await composed.close();
  }
});

/** Of a vault beside the shared one, with the same root credentials. */
function configurationIn(folder: string): Configuration {
  return readConfiguration(
    { data: `${vault.dataDirectory}-${folder}`, port: "0" },
    {
      CLAVIGER_ROOT_ACCESS_KEY_ID: vault.credentials.accessKeyId,
      CLAVIGER_ROOT_SECRET_ACCESS_KEY: vault.credentials.secretAccessKey,
    },
  );
}

async function serve(configuration: Configuration) {
  const composed = await compose(configuration);
  const listener = await listen(composed.pipeline, configuration, createLogger({ to: "nowhere" }), {
    version: "test",
    trouble: () => composed.trouble,
    metrics: (traffic) => composed.metrics.text(traffic),
  });
  return { composed, listener };
}

async function refusedId(request: Promise<unknown>): Promise<string | undefined> {
  return request.then(
    () => expect.fail("was not refused"),
    (error) => error.$metadata.requestId,
  );
}
