import { expect, test } from "vitest";
import { withoutLineEnd } from "./given-value.ts";
import { readValue } from "./value.ts";

test("a single line loses its line end, and nothing else changes", () => {
  const given = (text: string) => withoutLineEnd(readValue(Buffer.from(text)));
  expect(given("wx_1\n")).toEqual({ text: "wx_1" });
  expect(given("wx_1\r\n")).toEqual({ text: "wx_1" });
  expect(given("\n")).toEqual({ text: "" });
  for (const text of ["wx_1", " wx_1 ", "a\nb\n", "a\n\n", "\ufeffa"]) {
    expect(given(text)).toEqual({ text });
  }
  const bytes = Buffer.from([0xff, 0x0a]);
  expect(withoutLineEnd(readValue(bytes))).toEqual({ bytes });
});
