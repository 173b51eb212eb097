/** Rotation where AWS's own API answers, and nothing of ours: moto_server, where it is installed. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isMotoWanted, type Moto, startMoto } from "../../../tools/harness/moto.ts";
import { typeAs } from "./typed-here.fixture.ts";

describe.skipIf(!isMotoWanted)("against moto_server", () => {
  let moto: Moto;

  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());

  const claviger = typeAs(() => moto.environment);

  test("a secret rotates, and what AWS doesn't tell is said", async () => {
    await claviger("put secretsmanager:r/token", "one");
    const rotated = await claviger("rotate secretsmanager:r/token --every 30d --watch");
    expect(rotated).toMatchObject({ status: 0, stdout: "" });
    expect(rotated.stderr).toMatch(
      /: version \S{36} is AWSCURRENT\nnote: AWS doesn't tell who still/,
    );
    const { stdout, stderr } = await claviger("rotations");
    expect(stdout).toMatch(/^r\/token +\S/m);
    expect(stderr).toBe("note: AWS tells no step, overlap or laggard of a rotation\n");
    expect(await claviger("rotate secretsmanager:r/token --force")).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^error: .* is no vault\nhint: /),
    });
  });

  test("a function that isn't there is told apart from a secret that isn't", async () => {
    await claviger("put secretsmanager:f/token", "one");
    const nobody = "--function arn:aws:lambda:us-east-1:123456789012:function:nobody";
    expect(await claviger(`rotate secretsmanager:f/token ${nobody}`)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^error: the function that is to rotate secretsmanager:f\/token isn't there\nhint: see/,
      ),
    });
    expect(await claviger(`rotate secretsmanager:f/nothing ${nobody}`)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^error: there is no secretsmanager:f\/nothing\nhint: see/),
    });
  });

  test("nothing can be rehearsed, and nothing is rotated for it", async () => {
    await claviger("put secretsmanager:s/token", "one");
    const rehearse = "rotate secretsmanager:p/token --rehearse --on secretsmanager:s/token";
    expect(await claviger(rehearse)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^error: AWS doesn't tell who reads which version/),
    });
    expect((await claviger("history secretsmanager:s/token")).stdout.split("\n")).toHaveLength(3);
  });

  test("no version can be refused; one that isn't current loses its labels", async () => {
    await claviger("put secretsmanager:v/token", "one");
    await claviger("put secretsmanager:v/token", "two");
    expect(await claviger("revoke secretsmanager:v/token --yes")).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^error: AWS can't refuse reads of one version[\s\S]*hint: revoke/,
      ),
    });
    const withdrawn = await claviger("revoke secretsmanager:v/token --version AWSPREVIOUS --yes");
    expect(withdrawn).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/who knows its id may read it[\s\S]*has no label any more\n$/),
    });
    const { stdout, stderr } = await claviger("history secretsmanager:v/token");
    expect(stdout).toMatch(/^VERSION +STAGES +CREATED\n/);
    expect(stdout).not.toContain("AWSPREVIOUS");
    expect(stderr).toBe("");
  });
});
