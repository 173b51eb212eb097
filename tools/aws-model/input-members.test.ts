import { describe, expect, it } from "vitest";
import { services } from "../../packages/vault/src/compose.ts";
import { refused, string, structure } from "../../packages/vault/src/shapes/shapes.ts";
import { awsModel, declaredMembers, undeclared, unknownToAws } from "./input-members.ts";

const spoken = services.filter(({ name }) => name !== "claviger");

describe("every member of AWS's inputs", () => {
  it("is known for each service that the vault speaks", () => {
    expect(Object.keys(awsModel).sort()).toEqual(spoken.map(({ name }) => name).sort());
  });

  it.each(spoken.map((service) => [service.name, service] as const))(
    "is honoured or refused by %s, and none is misspelled",
    (_, service) => {
      expect(undeclared(service)).toEqual([]);
      expect(unknownToAws(service)).toEqual([]);
    },
  );

  it("would be missed if it were not declared", () => {
    const [service] = spoken;
    const create = service?.operations.find(({ name }) => name === "CreateSecret");
    if (service === undefined || create === undefined) throw new Error("no CreateSecret");
    const input = structure({ Name: string(), Tags: refused("why"), Nmae: string() });
    const lacking = { ...service, operations: [{ ...create, input }] };
    expect(undeclared(lacking)).toContain("CreateSecret: Description");
    expect(undeclared(lacking)).not.toContain("CreateSecret: Tags[].Key");
    expect(unknownToAws(lacking)).toEqual(["CreateSecret: Nmae"]);
  });

  it("is found inside of lists and structures", () => {
    const tags = spoken
      .flatMap(({ operations }) => operations)
      .find(({ name }) => name === "PutParameter");
    expect(declaredMembers(tags?.input ?? string()).map(({ path }) => path)).toContain(
      "Tags[].Key",
    );
  });
});
