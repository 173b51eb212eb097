import type { RekeyState } from "../../keys/ring/rekey.ts";

/** Rows are counted since the process that seals them anew has started. */
export function rekeyOutput(state: RekeyState) {
  return {
    State: state.isResealing ? "RESEALING" : "COMPLETE",
    Source: state.source,
    RootKeyFingerprint: state.fingerprint,
    RootKeySince: new Date(state.since),
    Generation: state.generation,
    TotalRows: state.totalRows,
    ResealedRows: state.resealedRows,
  };
}
