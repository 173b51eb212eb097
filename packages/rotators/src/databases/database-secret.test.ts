import { expect, test } from "vitest";
import { newPassword, parseDatabaseSecret, withLogin } from "./database-secret.ts";

const secret = { host: "db.example.com", username: "app", password: "hunter2" };
const parse = (members: object) => parseDatabaseSecret(JSON.stringify(members), 5432);

test("AWS's members are read, a port also as a text", () => {
  expect(
    parse({ ...secret, engine: "postgres", port: "5433", dbname: "d", masterarn: "m" }),
  ).toEqual({
    ...secret,
    engine: "postgres",
    port: 5433,
    dbname: "d",
    masterarn: "m",
    tls: {},
  });
});

test.each([
  [undefined, "db.example.com", {}],
  [undefined, "127.0.0.1", false],
  [undefined, "localhost", false],
  [undefined, "127.0.0.1.example.com", {}],
  [true, "127.0.0.1", {}],
  ["true", "127.0.0.1", {}],
  [false, "db.example.com", false],
  [{ ca: "PEM" }, "db.example.com", { ca: "PEM" }],
])("ssl %j on %s: TLS %j", (ssl, host, tls) => {
  expect(parse({ ...secret, host, ssl }).tls).toEqual(tls);
});

test.each([
  ["hunter2", "The secret must be a JSON object"],
  ["[]", "The secret must be a JSON object"],
  [JSON.stringify({ ...secret, host: "" }), "The secret has no host."],
  [JSON.stringify({ ...secret, password: 12 }), "The secret's password must be a text."],
  [JSON.stringify({ ...secret, port: 0 }), "The secret's port must be a number"],
  [JSON.stringify({ ...secret, ssl: "hunter2" }), "The secret's ssl must be true, false or"],
])("%s can't be used, and the error doesn't quote it", (value, message) => {
  const parsing = () => parseDatabaseSecret(value, 5432);
  expect(parsing).toThrow(message);
  expect(parsing).not.toThrow("hunter2");
});

test("another login leaves the rest as it is", () => {
  const value = JSON.stringify({ ...secret, pool: { size: 3 } });
  expect(JSON.parse(withLogin(value, "app_clone", "new"))).toEqual({
    host: "db.example.com",
    username: "app_clone",
    password: "new",
    pool: { size: 3 },
  });
});

test("new passwords satisfy servers that count kinds of characters, and need no quotes", () => {
  const passwords = Array.from({ length: 200 }, newPassword);
  expect(new Set(passwords).size).toBe(200);
  for (const password of passwords) {
    expect(password).toMatch(/^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)(?=.*[-._~])[\w.~-]{32}$/);
    expect(encodeURIComponent(password)).toBe(password);
  }
});
