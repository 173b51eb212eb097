/** `claviger advise`, the same against the vault and against AWS's APIs as another project has them. */
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";
import { typeAs } from "./typed-here.fixture.ts";

/** Stands in values and must stand in nothing that is printed. */
export const planted = "kD83jfKw92mXp4QzPLANTED";

/** moto_server takes its time for so many reads, and on a busy machine a lot of it. */
const onMoto = { timeout: 200_000 };

export function advice(environment: () => Readonly<Record<string, string>>): void {
  const advise = async (words: string) => {
    const seen = await typeAs(environment)(`advise ${words}`);
    expect(seen.stdout + seen.stderr).not.toContain("PLANTED");
    return seen;
  };

  test("all of it is judged, and what is wrong is named by its rule", onMoto, async () => {
    const ssm = new SSM(clientConfiguration(environment()));
    const put = (Name: string, Value: string, Type: "String" | "SecureString", owner?: string) =>
      ssm.putParameter({
        Name,
        Value,
        Type,
        ...(owner && { Tags: [{ Key: "owner", Value: owner }] }),
      });
    await put("/shop/prod/db/password", planted, "SecureString", "shop");
    await put("/shop/dev/db/password", planted, "SecureString");
    await put(
      "/shop/prod/stripe/api_key",
      "sk_live_51HxPLANTEDabcdefghijklmnopq",
      "String",
      "shop",
    );
    await put("/shop/url", "https://example.com", "String", "shop");
    const secretsManager = new SecretsManager(clientConfiguration(environment()));
    await secretsManager.createSecret({
      Name: "prod/shop/token",
      SecretString: `other-${planted}`,
    });

    const { stdout, status } = await advise("--all --days 0 --format json");
    expect(status).toBe(0);
    const { findings, subjects } = JSON.parse(stdout);
    const named = findings.map(
      ({ rule, reference }: Record<string, string>) => `${rule} ${reference}`,
    );
    for (const expected of [
      "plain-text-secret ssm:/shop/prod/stripe/api_key",
      "same-value ssm:/shop/prod/db/password",
      "same-value ssm:/shop/dev/db/password",
      "no-owner ssm:/shop/dev/db/password",
      "no-owner secretsmanager:prod/shop/token",
      "naming ssm:/shop/url",
      "never-rotated ssm:/shop/prod/db/password",
      "other-store secretsmanager:prod/shop/token",
    ]) {
      expect(named).toContain(expected);
    }
    expect(named).not.toContain("no-owner ssm:/shop/prod/db/password");
    expect(named).not.toContain("never-rotated ssm:/shop/url");
    expect(subjects).toHaveLength(5);
    expect((await advise("--all")).stdout).toMatch(
      /^RULE +SECRET OR PARAMETER +FINDING\nplain-text-secret +ssm:\/shop\/prod\/stripe\/api_key +a String that looks like a Stripe/,
    );
  });

  test("one is explained, with what it costs here and there", onMoto, async () => {
    const { stdout } = await advise("secretsmanager:prod/shop/token");
    expect(stdout).toContain(
      "Parameter Store suits it better than Secrets Manager, where it is:\n",
    );
    expect(stdout).toContain("1 standard parameter × $0.00 = $0.00, reads free\n");
    expect(stdout).toContain("1 secret × $0.40 = $0.40, $0.05 for each 10,000 reads\n");
    expect(stdout).toMatch(/prices of \d{4}-\d{2}-\d{2}/);
    expect(await advise("/shop/nothing")).toMatchObject({
      status: 1,
      stderr:
        "error: there is no ssm:/shop/nothing\nhint: see what there is in us-east-1: claviger list\n",
    });
  });
}
