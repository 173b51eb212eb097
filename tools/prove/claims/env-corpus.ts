/** Hard files of variables, against the dotenv package, and what stays when they are rewritten. */
import { corpus, differences } from "../../../packages/cli/tests/env-corpus/corpus.ts";
import { type Claim, demand } from "../claim.ts";
import { passedTests } from "../tests.ts";

const folder = "packages/cli/src/env-files";

export const envCorpus: Claim = {
  name: "env-corpus",
  says: "files of variables read as dotenv reads them, or differ as the guide says, and are rewritten to the byte but for the values",
  async run({ root, isFull, print }) {
    const files = Object.values(corpus).flatMap((cases) => Object.keys(cases)).length;
    demand(files >= 200, `the corpus has ${files} files`);
    const names = new Set(Object.values(differences).map(({ name }) => name));
    await passedTests({ root }, [`${folder}/dotenv.test.ts`]);
    print(`${files} hard files read as dotenv reads them`);
    print(`${Object.keys(differences).length} differ: ${[...names].join(", ")}`);
    const times = isFull ? 20 : 2;
    const random = { PROPERTY_TIMES: String(times), ...(isFull && { PROPERTY_SEED: "random" }) };
    await passedTests({ root }, [`${folder}/dotenv.property.test.ts`], random);
    print(`${5000 * times} random files read as dotenv reads them`);
    const formats = await passedTests(
      { root },
      [`${folder}/written-back.property.test.ts`],
      random,
    );
    print(
      `${1000 * times} random files of each of ${formats} formats are rewritten and read again`,
    );
  },
};
