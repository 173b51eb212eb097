/**
 * Where claviger reads a file in another way than `dotenv` does, by the name that the guide to env
 * files gives the difference.
 */
interface Difference {
  readonly name: "one line" | "line separators" | "prototype";
  readonly text: string;
  /** What claviger reads. */
  readonly here: Readonly<Record<string, string>>;
}

export const differences: Readonly<Record<string, Difference>> = {
  "a quoted value on the next line": {
    name: "one line",
    text: "KEY=\n'value'",
    here: { KEY: "" },
  },
  "a quoted value after an empty line": {
    name: "one line",
    text: 'KEY= \n\n"value"\nB=2',
    here: { KEY: "", B: "2" },
  },
  "an equals sign on the next line": { name: "one line", text: "KEY\n=value", here: {} },
  "export above a key": {
    name: "one line",
    text: "export\nKEY\n=1",
    here: {},
  },
  "a colon above an assignment": {
    name: "one line",
    text: "KEY:\nB=2",
    here: { B: "2" },
  },
  "a colon above a value": { name: "one line", text: "KEY:\nvalue", here: {} },
  "nested YAML by mistake": {
    name: "one line",
    text: "stripe:\n  key: sk_test_1\n",
    here: { key: "sk_test_1" },
  },
  "an assignment behind a line separator in a comment": {
    name: "line separators",
    text: "# comment\u2028KEY=value",
    here: {},
  },
  "an assignment behind a paragraph separator": {
    name: "line separators",
    text: "KEY='a'\u2029B=2",
    here: { KEY: "'a'\u2029B=2" },
  },
  "the name of every object's prototype": {
    name: "prototype",
    text: "__proto__=value\nKEY=1",
    here: { ["__proto__"]: "value", KEY: "1" },
  },
};
