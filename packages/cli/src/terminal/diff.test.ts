import { expect, test } from "vitest";
import { diff } from "./diff.ts";

const plain = (before: string, after: string) => diff(before, after, process.stdout);

test("lines that go, come and stay are marked", () => {
  expect(plain("a\nb\nc", "a\nx\nc")).toBe("  a\n- b\n+ x\n  c");
  expect(plain("", "a\nb")).toBe("+ a\n+ b");
  expect(plain("a", "")).toBe("- a");
  expect(plain("a\nb", "a\nb")).toBe("  a\n  b");
});
