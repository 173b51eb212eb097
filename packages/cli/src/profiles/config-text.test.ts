import fc from "fast-check";
import { expect, test } from "vitest";
import { configHeader, hasSection, settingOf, withSettings } from "./config-text.ts";

const header = configHeader("claviger");
const ours = { region: "eu-west-1", credential_process: "claviger credentials" };

test("a profile is made at the end of what is there", () => {
  expect(withSettings("", header, ours)).toBe(
    "[profile claviger]\nregion = eu-west-1\ncredential_process = claviger credentials\n",
  );
  expect(withSettings("[default]\nregion = a", header, { region: "b" })).toBe(
    "[default]\nregion = a\n\n[profile claviger]\nregion = b\n",
  );
});

test("a profile's other settings and everything around it stay as they are", () => {
  const text =
    "# mine\r\n[profile claviger]\r\noutput=json\r\nregion=old\r\n# why\r\ns3 =\r\n  region = x\r\n\r\n[default]\r\nregion = z\r\n";
  expect(withSettings(text, header, { region: "new" })).toBe(
    "# mine\r\n[profile claviger]\r\nregion = new\r\noutput=json\r\n# why\r\ns3 =\r\n  region = x\r\n\r\n[default]\r\nregion = z\r\n",
  );
});

test("a setting that goes takes its indented lines along", () => {
  const text = "[profile claviger]\ns3 =\n  a = 1\n\n  # why\n  b = 2\nregion = r\n";
  // botocore would take a `b` that stays for more of the region.
  expect(withSettings(text, header, { region: "n" }, ["s3"])).toBe(
    "[profile claviger]\nregion = n\n\n  # why\n",
  );
});

test("settings that are indented, or written with a colon or in capitals, are settings", () => {
  const text = "[profile claviger]\n  Role_ARN : x\n  output = json\n  REGION=r\n";
  expect(settingOf(text, header, "role_arn")).toBe("x");
  const written = withSettings(text, header, { region: "n" }, ["role_arn"]);
  expect(written).toBe("[profile claviger]\n  region = n\n  output = json\n");
  expect(settingOf(written, header, "output")).toBe("json");
});

test.each(['[ profile  "claviger" ] # x', "[profile claviger]", "\t[profile 'claviger']"])(
  "%s is the profile",
  (line) => {
    expect(settingOf(`${line}\nregion = r = 1 \n`, header, "region")).toBe("r = 1");
  },
);

test("another profile is another", () => {
  expect(hasSection("[profile claviger2]\n[sso-session claviger]\n[claviger]\n", header)).toBe(
    false,
  );
  expect(hasSection("[default]\n", configHeader("default"))).toBe(true);
});

const line = fc.oneof(
  fc.constantFrom("", "# a comment", "[default]", "[profile other]", "[profile claviger]", "x=1"),
  fc.constantFrom(
    "region = r",
    "s3 =\n  nested = 1",
    "credential_process = p",
    "[sso-session s]",
    "; c",
  ),
);
const files = fc
  .tuple(fc.array(line), fc.constantFrom("\n", "\r\n"), fc.boolean())
  .map(([lines, end, isEnded]) => lines.join(end) + (isEnded ? end : ""));

test("what is not ours is kept, and twice is once", () => {
  fc.assert(
    fc.property(files, (text) => {
      const written = withSettings(text, header, ours);
      for (const [name, value] of Object.entries(ours)) {
        expect(settingOf(written, header, name)).toBe(value);
      }
      expect(withSettings(written, header, ours)).toBe(written);
      // Of every other line there are as many as before, in the same order.
      const others = (lines: string) =>
        lines
          .split(/\r?\n/)
          .filter(
            (each) =>
              each.trim() !== "" && !/^(region|credential_process|\[profile claviger\])/.test(each),
          );
      const before = others(text).filter((each) => !/^ +nested/.test(each));
      expect(others(written).filter((each) => !/^ +nested/.test(each))).toEqual(before);
    }),
  );
});
