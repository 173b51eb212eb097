import { expect, test } from "vitest";
import { LiveBlock } from "./live-block.ts";

function terminal(rows: number, columns: number) {
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  const stream = { isTTY: true, rows, columns, write } as unknown as NodeJS.WriteStream;
  return { block: new LiveBlock(stream), written };
}

test("goes back over the rows that it took, those of wrapped and coloured lines too", () => {
  const { block, written } = terminal(24, 10);
  block.draw(["\x1b[32mshort\x1b[39m", "more than ten"]);
  block.draw(["one"]);
  block.draw([]);
  expect(written).toEqual([
    "\r\x1b[J\x1b[32mshort\x1b[39m\nmore than ten\n",
    "\x1b[3A\r\x1b[Jone\n",
    "\x1b[1A\r\x1b[J",
  ]);
});

test("never takes more rows than there are, and says what it leaves out", () => {
  const { block, written } = terminal(4, 80);
  block.draw(["1", "2", "3", "4", "5"]);
  expect(written).toEqual(["\r\x1b[J1\n2\n… 3 more lines\n"]);
});

test("what it left stays, and elsewhere than on a terminal nothing is drawn", () => {
  const { block, written } = terminal(24, 80);
  block.draw(["1"]);
  block.leave();
  block.draw(["2"]);
  expect(written[1]).toBe("\r\x1b[J2\n");
  const stream = { isTTY: false, write: () => expect.fail("it wrote") };
  new LiveBlock(stream as unknown as NodeJS.WriteStream).draw(["1"]);
});
