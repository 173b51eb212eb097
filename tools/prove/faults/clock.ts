/** A clock that is suddenly elsewhere: whatever it says, nothing is purged that isn't over. */
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { startVault, type TestVault } from "@claviger/vault/testing";
import { failureOf } from "../../harness/acknowledged-writes.ts";
import { demand } from "../claim.ts";
import type { Fault } from "./fault.ts";

const day = 86_400_000;
const steps = [365 * day, -365 * day, 10 * 365 * day, 60_000];
const secretsPut = 20;

export const clockSteps: Fault = {
  name: "clock steps",
  async run() {
    const vault = await startVault();
    try {
      const secrets = atVaultTime(vault, new SecretsManager(vault.client));
      const ssm = atVaultTime(vault, new SSM(vault.client));
      const names = Array.from({ length: secretsPut }, (_, number) => `clock/${number}`);
      await Promise.all(names.map((Name) => put(secrets, ssm, Name, vault.clock.now() + 30 * day)));
      const meanwhile = new Set<string>();
      for (const step of steps) {
        // All sweeps run at a start.
        await vault.restart(step);
        const asked = secrets.describeSecret({ SecretId: "clock/0" });
        meanwhile.add(await asked.then(shown, failureOf));
        meanwhile.add(await ssm.getParameter({ Name: "/clock/0" }).then(read, failureOf));
        await vault.restart(-step);
        for (const SecretId of names) {
          await secrets.restoreSecret({ SecretId });
          await secrets.deleteSecret({ SecretId });
          await ssm.getParameter({ Name: `/${SecretId}` });
        }
      }
      const doubts = vault.faults.filter((fault) => String(fault).includes("The clock")).length;
      demand(doubts >= 2, "nobody was told that the clock is in doubt");
      return {
        injected:
          "the clock a year ahead, a year back, ten years ahead and a minute ahead, with a restart of the vault at each and all its sweeps, then put right",
        acknowledged: 2 * secretsPut,
        found: "all: deleted secrets in their recovery window and parameters that expire",
        clients: [...meanwhile].join(", "),
        health: "200; the log says that the clock is suddenly far ahead and purging waits",
        recovery: "by itself, when the clock was put right",
      };
    } finally {
      await vault.close();
    }
  },
};

const shown = () => "a secret in its recovery window";
const read = () => "a parameter";

async function put(secrets: SecretsManager, ssm: SSM, name: string, endsAt: number): Promise<void> {
  await secrets.createSecret({ Name: name, SecretString: "value" });
  await secrets.deleteSecret({ SecretId: name });
  const Timestamp = new Date(endsAt).toISOString();
  await ssm.putParameter({
    Name: `/${name}`,
    Value: "value",
    Type: "SecureString",
    Tier: "Advanced",
    Policies: JSON.stringify([{ Type: "Expiration", Version: "1.0", Attributes: { Timestamp } }]),
  });
}

/** Signs at the vault's time. */
function atVaultTime<Client extends { readonly config: object }>(
  vault: TestVault,
  client: Client,
): Client {
  const get = () => vault.clock.now() - Date.now();
  Object.defineProperty(client.config, "systemClockOffset", { get, set() {} });
  return client;
}
