/** A key that two versions hold dies with neither while the other is AWSCURRENT. */
import { expect, test } from "vitest";
import { declaredRotators } from "../src/declared/declared-rotators.ts";
import type { Rotator } from "../src/rotator.ts";
import { RotatedSecret } from "./rotated-secret.fixture.ts";
import { startSendGrid } from "./stand-ins/send-grid.ts";

test("an old key that somebody put back beside another member stays alive", async () => {
  const { register, url: baseUrl, close } = await startSendGrid();
  const first = register.make("first", { scopes: ["mail.send", "api_keys"] });
  const rotator = declaredRotators({ Own: { like: "SendGridApiKey", baseUrl } }).find(
    ({ type }) => type === "Own",
  ) as Rotator;
  const value = { apiKey: first?.value, region: "eu" };
  const rotated = new RotatedSecret({ rotator, value });
  await rotated.rotate();
  const old = rotated.versionId("AWSPREVIOUS");

  const byHand = JSON.stringify({ ...value, region: "us" });
  rotated.secret.values.set("by hand", byHand);
  await rotated.secret.versions(async () => {}).makeCurrent("by hand");
  await expect(rotated.take("revokeSecret", old)).rejects.toThrow(/AWSCURRENT has the same key/);
  expect(register.byValue(first?.value)).toBeDefined();
  await close();
});
