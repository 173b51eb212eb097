/** A host of rotators that breaks is replaced by one other, however many steps were under way. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { expect, test } from "vitest";
import { startVault } from "../../src/testing/index.ts";
import { eventually } from "./rotation.fixture.ts";
import { policyOf } from "./secretsmanager.fixture.ts";

const type = { type: "TestKey", strategy: "overlap", revokes: true, metadata: {} };

class BreakingHost {
  /** Steps that wait for their answer. */
  readonly waiting: ServerResponse[] = [];
  isClosed = false;
  readonly #server = createServer((request, response) => {
    if (request.method === "GET") response.end(JSON.stringify([type]));
    else this.waiting.push(response);
  });

  async start() {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const { port } = this.#server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}`,
      token: "of the test",
      // What is under way may end in order.
      close: async () => {
        this.isClosed = true;
        this.#server.close();
      },
    };
  }
}

test("a step that breaks off late leaves the new host alone", async () => {
  const hosts: BreakingHost[] = [];
  const startRotatorHost = () => {
    const host = new BreakingHost();
    hosts.push(host);
    return host.start();
  };
  const vault = await startVault({}, { startRotatorHost });
  const root = new SecretsManager(vault.client);
  const Principal = { Service: "secretsmanager.amazonaws.com" };
  await new IAM(vault.client).createRole({
    RoleName: "rotator",
    AssumeRolePolicyDocument: policyOf({ Effect: "Allow", Principal, Action: "sts:AssumeRole" }),
  });
  for (const Name of ["one", "two"]) {
    await root.createSecret({ Name, SecretString: "first", Type: "TestKey" });
    await root.rotateSecret({
      SecretId: Name,
      ExternalSecretRotationRoleArn: "arn:aws:iam::123456789012:role/rotator",
    });
  }
  const waitingAt = (at: number, count: number) =>
    eventually(
      async () => hosts[at]?.waiting ?? [],
      (seen) => seen.length >= count,
    );
  const [first, second] = await waitingAt(0, 2);
  first?.destroy();
  await waitingAt(1, 1);
  second?.destroy();
  await waitingAt(1, 2);
  expect(hosts.map(({ isClosed }) => isClosed)).toEqual([true, false]);
  await vault.close();
});
