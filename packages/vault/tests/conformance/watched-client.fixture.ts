/** For conformance tests: clients whose replies are held against AWS's model as they came. */
import { Readable } from "node:stream";
import { services } from "../../src/compose.ts";
import { misfits } from "./aws-model.fixture.ts";

type Next = (args: unknown) => Promise<{ response: Response }>;
type Middleware = (next: Next, context: { commandName?: string }) => Next;

interface Response {
  readonly statusCode: number;
  body: Readable | Uint8Array;
}

/** What all AWS SDK clients have, as far as it is used here. */
interface Stack {
  addRelativeTo(middleware: Middleware, options: object): void;
}

/** What the replies of any number of clients showed. */
export class Watch {
  /** `service.Operation` of each request that succeeded. */
  readonly succeeded = new Set<string>();
  /** What AWS wouldn't have sent; empty where all is well. */
  readonly misfits: string[] = [];

  /** `model` is the SDK module of the client, which has the operations' schemas. */
  on<C extends { readonly middlewareStack: object }>(service: string, model: object, client: C): C {
    (client.middlewareStack as Stack).addRelativeTo(
      (next, { commandName = "" }) =>
        async (args) => {
          const result = await next(args);
          const { response } = result;
          const bytes = Buffer.concat(await Readable.from(response.body).toArray());
          response.body = bytes;
          if (response.statusCode === 200) {
            const operation = commandName.replace(/Command$/, "");
            this.succeeded.add(`${service}.${operation}`);
            const schema = (model as Record<string, unknown>)[`${operation}$`];
            this.misfits.push(...misfits(schema, bytes.toString()));
          }
          return result;
        },
      { name: "watch", relation: "after", toMiddleware: "deserializerMiddleware" },
    );
    return client;
  }

  /** The service's operations that have not succeeded, but for `expected` and those refused always. */
  neverAsked(service: string, expected: readonly string[] = []): string[] {
    const operations = services.find(({ name }) => name === service)?.operations ?? [];
    return operations
      .filter(({ name, refusal }) => refusal === undefined && !expected.includes(name))
      .map(({ name }) => `${service}.${name}`)
      .filter((name) => !this.succeeded.has(name));
  }
}
