import { expect, it } from "vitest";
import { crc32c } from "./crc32c.ts";

// RFC 3720, B.4, and the check value of the CRC catalogue.
it.each([
  [Buffer.alloc(32), 0x8a9136aa],
  [Buffer.alloc(32, 0xff), 0x62a8ab43],
  [Buffer.from([...Array(32).keys()]), 0x46dd794e],
  [Buffer.from([...Array(32).keys()].reverse()), 0x113fdb5c],
  [Buffer.from("123456789"), 0xe3069283],
  [Buffer.alloc(0), 0],
])("agrees with the known answers", (bytes, sum) => {
  expect(crc32c(bytes)).toBe(sum);
});
