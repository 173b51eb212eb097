/** A transaction on one connection: committed whole if the work succeeds, and undone otherwise. */
import type { Session, Statement, TransactionOptions, Value } from "./database.ts";

const begin = statement("BEGIN ISOLATION LEVEL READ COMMITTED");
const beginSnapshot = statement("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
/** A snapshot holds no lock that others wait for, so it may be idle while its reader is slow. */
const unhurried = statement("SET LOCAL idle_in_transaction_session_timeout = '10min'");
const commit = statement("COMMIT");
const rollback = statement("ROLLBACK");

export async function inTransaction<Result>(
  connection: Session,
  work: (session: Session) => Promise<Result>,
  { isSnapshot = false }: TransactionOptions,
): Promise<Result> {
  const sent = new Sent(connection);
  void sent.all(isSnapshot ? beginSnapshot : begin);
  if (isSnapshot) void sent.all(unhurried);
  let result: Result;
  try {
    result = await work(sent);
  } catch (error) {
    await connection.all(rollback).catch(() => {});
    throw error;
  }
  void sent.all(commit);
  await sent.allAnswered();
  return result;
}

/** What was asked of the connection: PostgreSQL turns COMMIT to ROLLBACK where any of it failed. */
class Sent implements Session {
  readonly #connection: Session;
  /** What was not answered yet, and what failed: a transaction may write or read a whole database. */
  readonly #unanswered = new Set<Promise<void>>();

  constructor(connection: Session) {
    this.#connection = connection;
  }

  all<Row>(statement: Statement, values?: readonly Value[]): Promise<readonly Row[]> {
    return this.#keep(this.#connection.all<Row>(statement, values));
  }

  script(text: string): Promise<void> {
    return this.#keep(this.#connection.script(text));
  }

  /** Throws what failed first: what came after it failed for that reason. */
  async allAnswered(): Promise<void> {
    const outcomes = await Promise.allSettled(this.#unanswered);
    const failed = outcomes.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }

  #keep<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const answered: Promise<void> = answer.then(() => {
      this.#unanswered.delete(answered);
    });
    // Whoever doesn't wait for it hears of its failure from `allAnswered`.
    answered.catch(() => {});
    this.#unanswered.add(answered);
    return answer;
  }
}

function statement(text: string): Statement {
  return { name: text, text };
}
