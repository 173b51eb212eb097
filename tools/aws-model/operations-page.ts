/**
 * docs/reference/operations.md: each operation with every member of its input, honoured or refused
 * with which error, and the operations of AWS's models that are not here.
 */
import { ApiError, notSupported } from "../../packages/vault/src/errors.ts";
import type { AnyOperation, Service } from "../../packages/vault/src/operations/operation.ts";
import type { Shape } from "../../packages/vault/src/shapes/shapes.ts";
import { errorCodeOnWire } from "../../packages/vault/src/wire/errors.ts";
import { declaredMembers, operationsNotHere } from "./input-members.ts";

export function operationsSections(services: readonly Service[]): string {
  return services.map(section).join("\n\n");
}

function section(service: Service): string {
  const { name, version, operations } = service;
  const rows = [...operations]
    .sort((a, b) => a.name.localeCompare(b.name))
    .map((each) => operationRow(each, codeOf(service, notSupported("", ""))));
  return [
    `## ${name} (${version})`,
    "",
    "| operation | members it honours | members it refuses, and with what |",
    "|---|---|---|",
    ...rows,
    ...notHere(service),
  ].join("\n");
}

function operationRow({ name, input, refusal }: AnyOperation, memberCode: string): string {
  const refused = declaredMembers(input)
    .filter((member) => member.refusal !== undefined)
    .map((member) => `${member.path}: ${memberCode}, ${withoutPeriod(member.refusal ?? "")}`);
  if (refusal !== undefined) {
    refused.unshift(`the whole operation, whatever its input: ${withoutPeriod(refusal)}`);
  }
  return `| ${name} | ${honoured(input) || "none"} | ${refused.join("; ")} |`;
}

/** The members, required ones in bold, each with those inside of it in parentheses. */
function honoured(shape: Shape<unknown>): string {
  return Object.entries(shape.members ?? {})
    .filter(([, { refusal }]) => refusal === undefined)
    .map(([name, member]) => {
      const inside = honoured(innermost(member));
      const shown = member.isRequired ? `**${name}**` : name;
      return inside === "" ? shown : `${shown} (${inside})`;
    })
    .join(", ");
}

function innermost(shape: Shape<unknown>): Shape<unknown> {
  return shape.member === undefined ? shape : innermost(shape.member);
}

function notHere(service: Service): readonly string[] {
  const absent = operationsNotHere(service);
  if (absent.length === 0) return [];
  const code = codeOf(service, new ApiError("UnknownOperation", ""));
  return ["", `Not here, and answered with ${code}: ${absent.join(", ")}.`];
}

function codeOf({ name, protocol, xmlNamespace }: Service, error: ApiError): string {
  const route = { service: name, operation: "", protocol, xmlNamespace, problem: undefined };
  return errorCodeOnWire(route, error);
}

function withoutPeriod(text: string): string {
  return text.replace(/\.$/, "");
}
