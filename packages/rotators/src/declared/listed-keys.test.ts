/** Lists of five keys, two on a page, as providers go on in different ways. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Rotation } from "../rotator.ts";
import type { KeyDescription, ListCall, Pages } from "./description.ts";
import { fits, listKeys } from "./listed-keys.ts";
import { Step } from "./step.ts";

type Answer = (query: URLSearchParams, response: ServerResponse, url: string) => unknown;

const all = ["1", "2", "3", "4", "5"].map((id) => ({ id, name: `key ${id}`, isOn: id !== "4" }));
const from = (start: number) => all.slice(start, start + 2);

async function listed(answer: Answer, pages?: Pages, more: Partial<ListCall> = {}) {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    const { searchParams } = new URL(request.url ?? "", "http://localhost");
    const body = answer(searchParams, response, url);
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const description = {
    baseUrl: url,
    authentication: { headers: {} },
  } as unknown as KeyDescription;
  const rotation = {
    keyName: "claviger-1",
    metadata: {},
    versions: { current: async () => ({ versionId: "1", value: "key" }) },
    signal: new AbortController().signal,
  } as unknown as Rotation;
  const list: ListCall = {
    ...{ method: "GET", path: "/keys", items: "/data", keyId: "/id", name: "/name" },
    ...(pages && { pages }),
    ...more,
  };
  const keys = await listKeys(new Step(description, rotation), list);
  return { ids: keys.map(({ keyId }) => keyId).join(""), requests };
}

describe("all of them are listed", () => {
  test("where a parameter counts pages", async () => {
    const answer: Answer = (query) => ({ data: from((Number(query.get("p") ?? 1) - 1) * 2) });
    const pages = { page: "p", first: 1, size: 2 };
    expect(await listed(answer, pages)).toEqual({ ids: "12345", requests: 3 });
  });

  test("where a parameter counts items", async () => {
    const answer: Answer = (query) => ({ data: from(Number(query.get("skip"))) });
    expect(await listed(answer, { offset: "skip", size: 2 })).toEqual({
      ids: "12345",
      requests: 3,
    });
  });

  test("where each reply says what the next is asked for with", async () => {
    const answer: Answer = (query) => {
      const data = from(Number(query.get("after")));
      return { data, last: Number(data.at(-1)?.id ?? 5) };
    };
    const pages = { cursor: "after", from: "/last" };
    expect(await listed(answer, pages)).toEqual({ ids: "12345", requests: 4 });
  });

  test("where each reply says where the next is", async () => {
    const answer: Answer = (query, _, url) => {
      const next = Number(query.get("from")) + 2;
      return { data: from(next - 2), next: next < 5 ? `${url}/keys?from=${next}` : null };
    };
    expect(await listed(answer, { nextUrl: "/next" })).toEqual({ ids: "12345", requests: 3 });
  });

  test("where a header does", async () => {
    const answer: Answer = (query, response, url) => {
      const next = Number(query.get("from")) + 2;
      const first = `<${url}/keys?from=0>; rel="first"`;
      const link = next < 5 ? `${first}, <${url}/keys?from=${next}>; rel="next"` : first;
      response.setHeader("link", link);
      return from(next - 2);
    };
    const inWhole = { items: "" };
    expect(await listed(answer, { linkHeader: true }, inWhole)).toEqual({
      ids: "12345",
      requests: 3,
    });
  });

  test("but those that say that they are dead", async () => {
    expect(await listed(() => ({ data: all }), undefined, { where: { "/isOn": true } })).toEqual({
      ids: "1235",
      requests: 1,
    });
  });
});

describe("nothing is taken for a list", () => {
  test("that goes on at another host", async () => {
    const answer: Answer = () => ({ data: from(0), next: "https://elsewhere.example/keys" });
    await expect(listed(answer, { nextUrl: "/next" })).rejects.toThrow("on another host");
  });

  test("that goes on for ever", async () => {
    const answer: Answer = () => ({ data: from(0) });
    await expect(listed(answer, { offset: "skip", size: 2 })).rejects.toThrow("goes on and on");
  });

  test("that is none, or whose keys have no id", async () => {
    await expect(listed(() => ({ keys: all }))).rejects.toThrow('has no list at "/data"');
    await expect(listed(() => ({ data: [{}] }))).rejects.toThrow("has no id at /id");
  });
});

test.each([
  ["cdEF", true],
  ["sk-…cdEF", true],
  ["sk-ab...cdEF", true],
  ["********cdEF", true],
  ["cdXX", false],
  ["sk-x...cdEF", false],
  ["EF", false],
  ["sk-...", false],
  ["sk-ab1cdEF", false],
])("whether the hint %s tells of sk-ab1cdEF: %s", (hint, isIt) => {
  expect(fits(hint, "sk-ab1cdEF")).toBe(isIt);
});
