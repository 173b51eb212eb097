/**
 * The root key changes while clients read and write, and `kill -9` cuts each change short: nothing
 * acknowledged is lost, nothing is unreadable, and at the end only the new root key opens anything.
 */
import { killedRekeys } from "../../harness/killed-rekeys.ts";
import { type Claim, demand } from "../claim.ts";

const sizes = {
  reduced: { users: 200, rekeys: 5, killsPerRekey: 1 },
  full: { users: 4000, rekeys: 10, killsPerRekey: 3 },
} as const;

export const rekey: Claim = {
  name: "rekey",
  says: "the root key changes under load and under kill -9: nothing is lost, and the old one opens nothing",
  async run({ root, isFull, print }) {
    const size = isFull ? sizes.full : sizes.reduced;
    const figures = await killedRekeys({ root, print, ...size });
    const { kills, cutInTheMiddle, rows, reads, acknowledgedWrites } = figures;
    print(`${kills} kills, ${cutInTheMiddle} of them with rows under two generations`);
    print(
      `${rows} rows sealed anew; none under an old generation, no old root key opens the vault`,
    );
    print(`${acknowledgedWrites} writes and ${reads} reads meanwhile: all kept, all right`);
    demand(cutInTheMiddle > 0, "no kill came in the middle of a rekey: nothing was shown");
    demand(acknowledgedWrites > 0 && reads > 0, "nobody read or wrote meanwhile");
  },
};
