/** What applications read, each by both ways out. The same against the vault and against moto. */
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSecrets, type Secrets } from "../src/index.ts";
import { type BadNetwork, badNetwork } from "./bad-network.fixture.ts";
import { MovableTime, newName, type Place, waysOut } from "./place.fixture.ts";

export function reading(placeOf: () => Place): void {
  describe.each(Object.entries(waysOut))("by %s", (_, wayOut) => {
    let network: BadNetwork;
    let secrets: Secrets;
    let ssm: SSM;
    let secretsManager: SecretsManager;
    const time = new MovableTime();

    beforeEach(async () => {
      network = await badNetwork(placeOf().endpoint);
      const place = { ...placeOf(), endpoint: network.url };
      secrets = createSecrets({ ...wayOut(place), push: false, clock: time.now });
      ssm = new SSM(placeOf());
      secretsManager = new SecretsManager(placeOf());
    });
    afterEach(async () => {
      secrets.close();
      await network.close();
    });

    const put = (Name: string, Value: string) =>
      ssm.putParameter({ Name, Value, Type: "SecureString", Overwrite: true });

    test("parameters and secrets, text, bytes and JSON", async () => {
      const name = newName();
      await put(`/${name}`, "wx_ü");
      const SecretString = JSON.stringify({ key: "sk_1", account: { id: 7 } });
      await secretsManager.createSecret({ Name: name, SecretString });
      const bytes = new Uint8Array([0, 255, 128, 10]);
      await secretsManager.createSecret({ Name: `${name}-bytes`, SecretBinary: bytes });
      const token = await secrets.parameter(`/${name}`).get();
      expect(token.reveal()).toBe("wx_ü");
      expect(token.version).toBe("1");
      expect((await secrets.secret(name).get()).reveal()).toBe(SecretString);
      expect((await secrets.binary(`${name}-bytes`).get()).reveal()).toEqual(bytes);
      const whole = secrets.json<{ key: string }>(name);
      expect((await whole.get()).reveal()).toEqual(JSON.parse(SecretString));
      expect((await whole.field("key").get()).reveal()).toBe("sk_1");
      const field = secrets.reference(`secretsmanager:${name}#key`);
      expect((await field.get()).reveal()).toBe("sk_1");
      await expect(secrets.secret(`${name}-bytes`).get()).rejects.toMatchObject({
        code: "NotText",
      });
    });

    test("a version by its number, its label, its id and its stage", async () => {
      const name = newName();
      for (const value of ["1", "2", "3"]) await put(`/${name}`, value);
      await ssm.labelParameterVersion({
        Name: `/${name}`,
        ParameterVersion: 2,
        Labels: ["staging"],
      });
      await secretsManager.createSecret({ Name: name, SecretString: "1" });
      const { VersionId = "" } = await secretsManager.putSecretValue({
        SecretId: name,
        SecretString: "2",
      });
      const read = async (reference: ReturnType<Secrets["parameter"]>) =>
        (await reference.get()).reveal();
      expect(await read(secrets.parameter(`/${name}`))).toBe("3");
      expect(await read(secrets.parameter(`/${name}`, { version: 1 }))).toBe("1");
      expect(await read(secrets.parameter(`/${name}`, { label: "staging" }))).toBe("2");
      expect(await read(secrets.secret(name))).toBe("2");
      expect(await read(secrets.secret(name, { versionStage: "AWSPREVIOUS" }))).toBe("1");
      expect(await read(secrets.secret(name, { versionId: VersionId }))).toBe("2");
    });

    test("everything at the start, in as few calls as there can be", async () => {
      const name = newName();
      for (let at = 0; at < 12; at++) {
        await put(`/${name}/${at}`, `p${at}`);
        secrets.parameter(`/${name}/${at}`);
      }
      for (let at = 0; at < 21; at++) {
        await secretsManager.createSecret({ Name: `${name}-${at}`, SecretString: `s${at}` });
        secrets.secret(`${name}-${at}`);
      }
      await secrets.load();
      expect(network.calls.toSorted()).toEqual([
        "BatchGetSecretValue",
        "GetParameters",
        "GetParameters",
        "GetSecretValue",
      ]);
      expect(secrets.parameter(`/${name}/11`).peek().reveal()).toBe("p11");
      expect(secrets.secret(`${name}-20`).peek().reveal()).toBe("s20");
    });

    test("what can't be loaded is named, each of them", async () => {
      const name = newName();
      await put(`/${name}/there`, "1");
      for (const one of ["there", "gone", "lost"]) secrets.parameter(`/${name}/${one}`);
      const error = await secrets.load().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "NotFound" });
      const { message } = error as Error;
      expect(message).toContain(`/${name}/gone`);
      expect(message).toContain(`/${name}/lost`);
      expect(message).not.toContain(`/${name}/there`);
    });

    test("a thousand who come together are one call", async () => {
      const name = newName();
      await put(`/${name}`, "1");
      const token = secrets.parameter(`/${name}`);
      const all = await Promise.all(Array.from({ length: 1000 }, () => token.get()));
      expect(new Set(all.map((secret) => secret.reveal()))).toEqual(new Set(["1"]));
      expect(network.calls).toEqual(["GetParameter"]);
    });

    test("a tree, page by page", async () => {
      const name = newName();
      const names = Array.from({ length: 23 }, (_, at) => `/${name}/${at}`);
      await Promise.all(names.map((one) => put(one, one)));
      const tree = await secrets.byPath(`/${name}`).get();
      expect([...tree.keys()].toSorted()).toEqual(names.toSorted());
      for (const [key, secret] of tree) expect(secret.reveal()).toBe(key);
      expect(network.calls).toHaveLength(3);
    });

    test("a new value, once the old one's time is up", async () => {
      const name = newName();
      await put(`/${name}`, "1");
      const token = secrets.parameter(`/${name}`);
      await token.get();
      await put(`/${name}`, "2");
      expect((await token.get()).reveal()).toBe("1");
      time.advance(301);
      await token.get();
      await expect.poll(() => token.peek().reveal()).toBe("2");
    });

    test("a value that its provider refuses is fetched anew, once for all who use it", async () => {
      const name = newName();
      await put(`/${name}`, "old");
      const token = secrets.parameter(`/${name}`);
      await secrets.load();
      await put(`/${name}`, "new");
      const before = network.calls.length;
      const call = async (value: string) => ({ status: value === "new" ? 200 : 401 });
      const used = Array.from({ length: 100 }, () => secrets.use(token, call));
      expect(await Promise.all(used)).toEqual(Array(100).fill({ status: 200 }));
      expect(network.calls.length - before).toBe(1);
    });
  });
}
