/** Against a stand-in of a vault; `tests/` has the same against a real one. */
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "../../../tools/harness/eventually.ts";
import { createSecrets } from "./create-secrets.ts";
import { settle } from "./memory-store.fixture.ts";
import { json, standIn } from "./transport/stand-in.fixture.ts";

async function loaded(quiet?: string) {
  const { url, asked } = await standIn(({ path }, response) => {
    const Parameter = { Name: "/token", Value: "wx", Version: 1 };
    if (path !== "/changes") return json(response, 200, { Parameter });
    response.writeHead(200, {
      "Content-Type": "text/event-stream",
      ...(quiet !== undefined && { "X-Claviger-Quiet-Milliseconds": quiet }),
    });
    response.write("id: 4\n\n");
  });
  const credentials = { accessKeyId: "AKID", secretAccessKey: "x" };
  const secrets = createSecrets({ endpoint: url, region: "eu-west-1", credentials });
  onTestFinished(() => secrets.close());
  await secrets.parameter("/token").get();
  const asksOf = (path: string) => asked.filter((each) => each.path === path).length;
  await eventually(() => expect(asksOf("/changes")).toBe(1));
  return { reads: () => asksOf("/") };
}

test("what was fetched before the feed was open is fetched once more", async () => {
  for (const quiet of [undefined, "5000", "-1", "soon"]) {
    const { reads } = await loaded(quiet);
    await eventually(() => expect(reads()).toBe(2));
  }
});

test("but not where nothing has changed for longer than that", async () => {
  const { reads } = await loaded("3600000");
  await new Promise((resolve) => setTimeout(resolve, 100));
  await settle();
  expect(reads()).toBe(1);
});
