import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { profileName, readSharedFiles } from "./shared-files.ts";

function files(config: string, credentials = "") {
  const folder = mkdtempSync(join(tmpdir(), "claviger-shared-files-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "config"), config);
  writeFileSync(join(folder, "credentials"), credentials);
  return readSharedFiles({
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
  });
}

test("both files make a profile, and the credentials file goes before", () => {
  const { profile } = files(
    "[profile work]\nregion = eu-west-1\naws_access_key_id = A\n[default]\nregion=us-east-1",
    "[work]\naws_access_key_id = B\n[only-here]\naws_access_key_id = C",
  );
  expect(profile("work")).toEqual({ region: "eu-west-1", aws_access_key_id: "B" });
  expect(profile("default")).toEqual({ region: "us-east-1" });
  expect(profile("only-here")).toEqual({ aws_access_key_id: "C" });
  expect(profile("nobody")).toBeUndefined();
});

test("in the config file other profiles than the default are called profiles", () => {
  const { profile } = files("[work]\nregion = x\n[profile default]\nregion = y");
  expect(profile("work")).toBeUndefined();
  expect(profile("default")).toEqual({ region: "y" });
});

test("comments, quoted names, blanks and values with = in them", () => {
  const { profile } = files(
    [
      "# about this",
      '[profile "of mine"] ; here',
      "region=eu-west-1 # near",
      "credential_process = /bin/x --with a=b;c  ",
      "; nothing",
      "this line says nothing",
      "= neither does this",
    ].join("\r\n"),
  );
  expect(profile("of mine")).toEqual({
    region: "eu-west-1",
    credential_process: "/bin/x --with a=b;c",
  });
});

test("services have blocks", () => {
  const { services, profile } = files(
    [
      "[services local]",
      "ssm =",
      "  endpoint_url = http://localhost:7400",
      "secrets_manager = ",
      "  endpoint_url = http://localhost:7401",
      "[profile work]",
      "services = local",
      "s3 =",
      "  max_concurrent_requests = 20",
      "region = eu-west-1",
    ].join("\n"),
  );
  expect(services("local")).toEqual({
    "ssm.endpoint_url": "http://localhost:7400",
    "secrets_manager.endpoint_url": "http://localhost:7401",
  });
  expect(profile("work")).toMatchObject({ services: "local", region: "eu-west-1" });
});

test("no files, and folders in their place, are no profiles", () => {
  const { profile } = readSharedFiles({ HOME: "/nowhere", AWS_CONFIG_FILE: tmpdir() });
  expect(profile("default")).toBeUndefined();
});

test("names of what every object has are names like others", () => {
  const { profile } = files("[profile __proto__]\nregion = x\n[default]\n__proto__ = y");
  expect(profile("__proto__")).toEqual({ region: "x" });
  expect(Object.keys(profile("default") ?? {})).toEqual(["__proto__"]);
  expect(profile("constructor")).toBeUndefined();
});

test("the profile is the variable's", () => {
  expect(profileName({ AWS_PROFILE: "work" })).toBe("work");
  expect(profileName({})).toBe("default");
});

test("whatever stands in the files, what is not a setting is nothing", () => {
  const piece = fc.constantFrom(
    "[",
    "]",
    "profile ",
    "a",
    "=",
    " ",
    "\n",
    "\r\n",
    "#",
    '"',
    "\0",
    "é",
  );
  const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));
  const folder = mkdtempSync(join(tmpdir(), "claviger-shared-files-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  fc.assert(
    fc.property(text, (noise) => {
      const last = "\n[profile last]\nregion = eu-west-1\n";
      writeFileSync(join(folder, "config"), noise + last);
      const { profile } = readSharedFiles({
        HOME: folder,
        AWS_CONFIG_FILE: join(folder, "config"),
      });
      expect(profile("last")).toEqual({ region: "eu-west-1" });
    }),
    { numRuns: 300 },
  );
});
