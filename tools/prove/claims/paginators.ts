/**
 * boto3's and the AWS SDK for JavaScript's own paginators walk every list in each of its orders
 * and filters while others create, change and delete between the very records that are listed:
 * what stood throughout is listed once, no more and no less. A token is good for its list alone.
 */
import { join } from "node:path";
import { Requester } from "../../bench/requester.ts";
import { startVaultProcess, temporaryFolder } from "../../harness/vault-process.ts";
import { type Claim, type ClaimRun, demand } from "../claim.ts";
import { type AwsClient, boto3, isInstalled, javascriptSdk } from "../clients/client.ts";
import {
  type PagedList,
  parameterLists,
  parameterQuestion,
  type Standing,
  secretLists,
  secretQuestion,
  standing,
} from "../paged-lists.ts";

const sizes = {
  full: { parameters: 10_000, secrets: 1_000 },
  reduced: { parameters: 600, secrets: 120 },
};

interface Records {
  readonly parameters: readonly Standing[];
  readonly secrets: readonly Standing[];
}

export const paginators: Claim = {
  name: "paginators",
  says: "AWS's own paginators list every record once, in every order and filter, while others write",
  async run({ root, isFull, print }) {
    const size = isFull ? sizes.full : sizes.reduced;
    const records = {
      parameters: standing("parameter", size.parameters),
      secrets: standing("secret", size.secrets),
    };
    const dataDirectory = join(temporaryFolder("paginators"), "data");
    const vault = await startVaultProcess({ root, dataDirectory });
    const requester = new Requester(vault);
    try {
      await make(requester, records);
      print(`${size.parameters} parameters and ${size.secrets} secrets stand`);
      for (const makeClient of [javascriptSdk, boto3]) {
        if (!(await isInstalled(makeClient))) {
          print("boto3 is not installed here: not shown");
          continue;
        }
        await withClient(makeClient(vault.environment), (client) =>
          showClient(client, requester, records, print),
        );
      }
      await withClient(javascriptSdk(vault.environment), (client) =>
        showForgedTokens(client, isFull ? 200 : 20, print),
      );
    } finally {
      requester.close();
      await vault.stop();
    }
  },
};

/** A client is a process: left open it would keep the prover from ending. */
async function withClient(
  client: AwsClient,
  use: (client: AwsClient) => Promise<void>,
): Promise<void> {
  try {
    await use(client);
  } finally {
    client.close();
  }
}

const writersAtOnce = 16;

async function make(requester: Requester, { parameters, secrets }: Records): Promise<void> {
  const questions = [...parameters.map(parameterQuestion), ...secrets.map(secretQuestion)];
  const write = async () => {
    for (let next = questions.pop(); next; next = questions.pop()) await requester.ask(next);
  };
  await Promise.all(Array.from({ length: writersAtOnce }, write));
}

async function showClient(
  client: AwsClient,
  requester: Requester,
  records: Records,
  print: ClaimRun["print"],
): Promise<void> {
  let pages = 0;
  const churn = new Churn(requester, records);
  for (const list of [...parameterLists, ...secretLists]) {
    const of = list.service === "ssm" ? records.parameters : records.secrets;
    pages += await showList(client, list, of);
  }
  const writes = await churn.end();
  const lists = parameterLists.length + secretLists.length;
  print(
    `${client.name}: ${lists} lists, ${pages} pages, ${writes} writes meanwhile: each name once`,
  );
  demand(writes > lists, `only ${writes} writes went on meanwhile`);
}

async function showList(
  client: AwsClient,
  list: PagedList,
  records: readonly Standing[],
): Promise<number> {
  const { service, operation, input, items, pageMax } = list;
  const what = `${client.name}, ${operation} ${JSON.stringify(input)}`;
  const { output, code } = await client.pages(service, operation, input);
  demand(output !== undefined, `${what}: ${code}`);
  const seen = new Map<string, number>();
  for (const page of output) {
    demand(page[items].length <= pageMax, `${what}: a page of ${page[items].length}`);
    for (const { Name } of page[items]) seen.set(Name, (seen.get(Name) ?? 0) + 1);
  }
  for (const record of records) {
    const times = seen.get(record.name) ?? 0;
    const due = list.has(record) ? 1 : 0;
    demand(times === due, `${what}: ${record.name} is listed ${times} times, not ${due}`);
  }
  return output.length;
}

/** Creates, changes and deletes, in random places between what stands, until it is ended. */
class Churn {
  readonly #requester: Requester;
  readonly #records: Records;
  #isEnded = false;
  #writes = 0;
  readonly #done: Promise<unknown>;

  constructor(requester: Requester, records: Records) {
    this.#requester = requester;
    this.#records = records;
    this.#done = Promise.all([this.#churnParameters(), this.#churnSecrets()]);
    // Whoever ends it hears of it.
    this.#done.catch(() => {});
  }

  /** How many writes there were. */
  async end(): Promise<number> {
    this.#isEnded = true;
    await this.#done;
    return this.#writes;
  }

  async #churnParameters(): Promise<void> {
    while (!this.#isEnded) {
      // Behind a name that stands, and of the tier that has room for it.
      const Name = `${anyOf(this.#records.parameters)}-${crypto.randomUUID()}`;
      const put = { Name, Value: "x", Type: "String", Tier: "Advanced" };
      await this.#write("ssm", "PutParameter", put);
      await this.#write("ssm", "PutParameter", { ...put, Overwrite: true });
      await this.#write("ssm", "DeleteParameter", { Name });
    }
  }

  async #churnSecrets(): Promise<void> {
    while (!this.#isEnded) {
      const name = `${anyOf(this.#records.secrets)}-${crypto.randomUUID()}`;
      const secret = { SecretId: name };
      const ClientRequestToken = crypto.randomUUID();
      const create = { Name: name, SecretString: "x", ClientRequestToken };
      await this.#write("secretsmanager", "CreateSecret", create);
      const update = { ...secret, Description: "moved", ClientRequestToken: crypto.randomUUID() };
      await this.#write("secretsmanager", "UpdateSecret", update);
      await this.#write("secretsmanager", "GetSecretValue", secret);
      const atOnce = { ...secret, ForceDeleteWithoutRecovery: true };
      await this.#write("secretsmanager", "DeleteSecret", atOnce);
    }
  }

  async #write(service: "ssm" | "secretsmanager", operation: string, input: object): Promise<void> {
    await this.#requester.ask({ service, operation, input: { ...input } });
    this.#writes++;
  }
}

function anyOf(records: readonly Standing[]): string {
  return records[Math.floor(Math.random() * records.length)]?.name ?? "";
}

/** Changed, cut, lengthened, or another list's. */
async function showForgedTokens(
  client: AwsClient,
  changesPerToken: number,
  print: ClaimRun["print"],
): Promise<void> {
  let forgeries = 0;
  for (const lists of [parameterLists, secretLists]) {
    const issued = await Promise.all(
      lists.map(async (list) => ({ list, token: await firstToken(client, list) })),
    );
    for (const { list, token: own } of issued) {
      const others = issued
        .filter((other) => narrowing(other.list) !== narrowing(list))
        .map(({ token }) => token);
      const changed = Array.from({ length: changesPerToken }, () => oneChanged(own));
      const cut = [own.slice(0, -4), `${own}AAAA`];
      for (const token of [...others, ...changed, ...cut]) {
        const input = { ...list.input, NextToken: token };
        const { code } = await client.call(list.service, list.operation, input);
        const refusal = list.service === "ssm" ? "InvalidNextToken" : "InvalidNextTokenException";
        demand(code === refusal, `${list.operation} answers ${code ?? "a page"} to a forged token`);
        forgeries++;
      }
    }
  }
  print(`${forgeries} forged tokens refused`);
}

/** What a token is bound to: pages of another size, or Filters in the old form, are the same list. */
function narrowing({ operation, input }: PagedList): string {
  const { MaxResults: _, Filters, ...rest } = input;
  if (operation !== "DescribeParameters") return JSON.stringify([operation, Filters, rest]);
  const filters = (Filters ?? []) as readonly { Key: string; Values: readonly string[] }[];
  const inNewForm = filters.map(({ Key, Values }) => ({ Key, Option: "BeginsWith", Values }));
  return JSON.stringify([
    operation,
    { ...(inNewForm.length > 0 && { ParameterFilters: inNewForm }), ...rest },
  ]);
}

async function firstToken(client: AwsClient, { service, operation, input }: PagedList) {
  const { output } = await client.call(service, operation, { ...input, MaxResults: 2 });
  demand(typeof output?.NextToken === "string", `${operation} has no second page`);
  return output.NextToken as string;
}

function oneChanged(token: string): string {
  const at = Math.floor(Math.random() * token.length);
  const other = token[at] === "A" ? "B" : "A";
  return token.slice(0, at) + other + token.slice(at + 1);
}
