import { expect, test } from "vitest";
import { fakeSecrets } from "./fake-secrets.ts";

test("gives what it was filled with, through the library itself", async () => {
  const { secrets } = fakeSecrets({
    "ssm:/weather/token": "wx_1",
    "secretsmanager:prod/db": { username: "app", password: "pw_1" },
    "secretsmanager:prod/key": new Uint8Array([1, 2, 3]),
  });
  const password = secrets.reference("secretsmanager:prod/db#password");
  const token = secrets.parameter("/weather/token");
  const key = secrets.binary("prod/key");
  await secrets.load();
  expect(token.peek().reveal()).toBe("wx_1");
  expect(password.peek().reveal()).toBe("pw_1");
  expect(key.peek().reveal()).toEqual(new Uint8Array([1, 2, 3]));
  await expect(secrets.secret("prod/other").get()).rejects.toMatchObject({ code: "NotFound" });
});

test("a new version is seen by the next get, and by who listens", async () => {
  const fake = fakeSecrets({ "/weather/token": "wx_1" });
  const token = fake.secrets.parameter("/weather/token");
  await token.get();
  const changes: string[] = [];
  const isHeard = new Promise<void>((resolve) => {
    token.onChange((previous, next) => {
      changes.push(`${previous.reveal()} ${next.reveal()}`);
      resolve();
    });
  });
  fake.set("/weather/token", "wx_2");
  expect((await token.get()).reveal()).toBe("wx_2");
  await isHeard;
  expect(changes).toEqual(["wx_1 wx_2"]);
  fake.remove("/weather/token");
  await expect(token.get()).rejects.toMatchObject({ code: "NotFound" });
});

test("an outage serves what is cached, a denial does not, and both end", async () => {
  const fake = fakeSecrets({
    "ssm:/a": "value a",
    "ssm:/b": "value b",
    "secretsmanager:c": "value c",
  });
  const [a, b, c] = ["/a", "/b", "secretsmanager:c"].map((name) => fake.secrets.reference(name));
  await fake.secrets.load();
  fake.fail("ssm:/a", "Unavailable");
  expect(await a?.get()).toMatchObject({ isStale: true });
  for (const reference of ["ssm:/b", "secretsmanager:c"]) fake.fail(reference, "AccessDenied");
  await expect(b?.get()).rejects.toMatchObject({ code: "AccessDenied" });
  await expect(c?.get()).rejects.toMatchObject({ code: "AccessDenied" });
  for (const reference of ["ssm:/a", "ssm:/b"]) fake.fail(reference, undefined);
  expect(await a?.get()).toMatchObject({ isStale: false });
  expect((await b?.get())?.reveal()).toBe("value b");
});

test("a failure of one name leaves the others alone, loaded together", async () => {
  const fake = fakeSecrets({ "ssm:/a": "value a", "ssm:/b": "value b" });
  fake.fail("ssm:/b", "AccessDenied");
  const [a, b] = ["/a", "/b"].map((name) => fake.secrets.parameter(name));
  await expect(fake.secrets.load()).rejects.toThrow("ssm:/b");
  expect(a?.peek().reveal()).toBe("value a");
  expect(() => b?.peek()).toThrow(expect.objectContaining({ code: "AccessDenied" }));
});

test("counts what the store was asked", async () => {
  const fake = fakeSecrets({ "ssm:/a": "value a" });
  const a = fake.secrets.parameter("/a");
  await Promise.all(Array.from({ length: 100 }, () => a.get()));
  expect([fake.reads("ssm:/a"), fake.reads("secretsmanager:a")]).toEqual([1, 0]);
});

test.each(["env:HOME", "secretsmanager:prod/db#password", "nonsense"])(
  "%s is nothing to keep",
  (reference) => {
    expect(() => fakeSecrets({ [reference]: "value" })).toThrow(
      expect.objectContaining({ code: "Invalid" }),
    );
  },
);
