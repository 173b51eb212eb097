import { expect, test } from "vitest";
import { scramVerifier, storedPassword } from "./stored-password.ts";

test("a verifier has the keys of RFC 7677's example", () => {
  const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");
  expect(scramVerifier("pencil", salt)).toBe(
    "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
  );
});

test("servers that keep MD5 get MD5, and what would have to be normalised is sent as it is", () => {
  expect(storedPassword("md5", "app", "secret")).toMatch(/^md5[0-9a-f]{32}$/);
  expect(storedPassword("scram-sha-256", "app", "½")).toBe("½");
  expect(storedPassword("scram-sha-256", "app", "secret")).toMatch(/^SCRAM-SHA-256\$4096:/);
});
