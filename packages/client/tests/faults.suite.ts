/**
 * What the client makes of a service that fails, in every way that services and networks fail. The
 * same against the vault and against moto. A rejection that nobody handles fails the whole run.
 */
import { inspect } from "node:util";
import { SSM } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSecrets, type Secrets, SecretsError } from "../src/index.ts";
import { type BadNetwork, badNetwork, troubles } from "./bad-network.fixture.ts";
import { MovableTime, newName, type Place, waysOut } from "./place.fixture.ts";

export function faults(placeOf: () => Place): void {
  describe.each(Object.entries(waysOut))("by %s", (_, wayOut) => {
    let network: BadNetwork;
    let ssm: SSM;
    let time: MovableTime;

    beforeEach(async () => {
      network = await badNetwork(placeOf().endpoint);
      time = new MovableTime();
      ssm = new SSM(placeOf());
    });
    afterEach(() => network.close());

    function client(timeoutSeconds = 5): Secrets {
      const place = { ...placeOf(), endpoint: network.url };
      return createSecrets({ ...wayOut(place), push: false, clock: time.now, timeoutSeconds });
    }

    async function tokenOf(value: string, secrets: Secrets) {
      const Name = `/${newName()}`;
      await ssm.putParameter({ Name, Value: value, Type: "SecureString" });
      return secrets.parameter(Name);
    }

    describe.each(troubles)("%s", (trouble) => {
      const patient = () => client(trouble === "silence" ? 0.3 : 5);

      test("after the first fetch serves what is held, marked, with few calls", async () => {
        const token = await tokenOf("wx_1", patient());
        await token.get();
        time.advance(301);
        network.trouble = trouble;
        const before = network.calls.length;
        for (let round = 0; round < 10; round++) {
          const served = await Promise.all(Array.from({ length: 10 }, () => token.get()));
          for (const secret of served) expect(secret.reveal()).toBe("wx_1");
        }
        await expect.poll(() => token.peek().isStale).toBe(true);
        expect(network.calls.length - before).toBeLessThanOrEqual(3);
      });

      test("before it is told as an outage to all who wait, with few calls", async () => {
        const token = await tokenOf("wx_1", patient());
        network.trouble = trouble;
        const waiting = Array.from({ length: 100 }, () => token.get());
        for (const outcome of await Promise.allSettled(waiting)) {
          expect(outcome).toMatchObject({ status: "rejected", reason: { code: "Unavailable" } });
        }
        expect(network.calls.length).toBeLessThanOrEqual(3);
        expect(() => token.peek()).toThrow(SecretsError);
      });

      test("is over when it is over", async () => {
        const token = await tokenOf("wx_1", patient());
        network.trouble = trouble;
        await token.get().catch(() => {});
        network.trouble = undefined;
        time.advance(60);
        expect((await token.get()).reveal()).toBe("wx_1");
        expect(token.peek().isStale).toBe(false);
      });

      test("outlasts what may be served", async () => {
        const token = await tokenOf("wx_1", patient());
        await token.get();
        network.trouble = trouble;
        time.advance(301 + 3601);
        const error = await token.get().catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: "Unavailable" });
        expect(inspect(error, { depth: 10 })).not.toContain("wx_1");
      });
    });

    test("a service that comes and goes is served from, whenever it is there", async () => {
      const token = await tokenOf("1", client(0.3));
      await token.get();
      for (let round = 0; round < 20; round++) {
        network.trouble = round % 2 === 0 ? troubles[(round / 2) % troubles.length] : undefined;
        time.advance(350);
        expect((await token.get()).reveal()).toBe("1");
      }
      network.trouble = undefined;
      time.advance(350);
      await token.get();
      await expect.poll(() => token.peek().isStale).toBe(false);
    });

    test("who has no patience leaves alone, and the others get what they came for", async () => {
      const token = await tokenOf("wx_1", client());
      const leaver = new AbortController();
      const left = token.get({ signal: leaver.signal }).catch((thrown: unknown) => thrown);
      const stays = token.get();
      leaver.abort(new Error("in a hurry"));
      expect(await left).toMatchObject({ code: "Aborted" });
      expect((await stays).reveal()).toBe("wx_1");
    });

    test("a value that changes in the middle of a burst is never mixed up", async () => {
      const Name = `/${newName()}`;
      const put = (version: number) =>
        ssm.putParameter({ Name, Value: `v${version}`, Type: "SecureString", Overwrite: true });
      await put(1);
      const secrets = client();
      const newest = secrets.parameter(Name);
      const first = secrets.parameter(Name, { version: 1 });
      let isWriting = true;
      const writer = (async () => {
        for (let version = 2; version <= 20; version++) await put(version);
        isWriting = false;
      })();
      const reader = async () => {
        let before = 0;
        while (isWriting) {
          const secret = await newest.refresh();
          expect(secret.reveal()).toBe(`v${secret.version}`);
          expect(Number(secret.version)).toBeGreaterThanOrEqual(before);
          before = Number(secret.version);
          expect((await first.get()).reveal()).toBe("v1");
        }
      };
      await Promise.all([writer, ...Array.from({ length: 20 }, reader)]);
      expect((await newest.refresh()).reveal()).toBe("v20");
    });
  });
}
