/**
 * A register is something that one writer counts up and anybody reads: a value, a permission, a
 * key. Whoever reads it after a write was acknowledged must see that write, through whatever node.
 */
import type { Answer, Answered } from "../../harness/answers.ts";
import type { AwsClients } from "../../harness/aws-clients.ts";
import type { VaultProcess } from "../../harness/vault-process.ts";

export interface Register {
  /** "parameter", "policy": for the report. */
  readonly kind: string;
  readonly name: string;
  /** Makes what `read` shows as this number. The first is 1; 0 is how `make` leaves it. */
  write(through: AwsClients, number: number): Promise<Answered>;
  /** One request, and what its answer means. */
  read(through: VaultProcess): Promise<Answered>;
  /** Whether the answer is right while the register stands at the number. */
  shows(answer: Answer<Answered>, number: number): boolean;
  /** Numbers whose values this node can't find any more. Only where each is kept. */
  missing?(through: AwsClients, numbers: readonly number[]): Promise<number[]>;
}

/** Makes a register of a kind under a name that was never used, and leaves it at 0. */
export type MakeRegister = (through: AwsClients, name: string) => Promise<Register>;

/** For registers that are on or off: what is written second is off, and so on. */
export function isOn(number: number): boolean {
  return number % 2 === 0;
}

export function isRefusedWith(answer: Answer<Answered>, code: RegExp): boolean {
  return answer.kind === "refused" && code.test(answer.code);
}
