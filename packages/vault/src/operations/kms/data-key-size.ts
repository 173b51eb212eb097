/** How long a data key is to be. */
import { validationError } from "../../errors.ts";

const bytesOf = { AES_128: 16, AES_256: 32 } as const;

interface Size {
  readonly NumberOfBytes?: number | undefined;
  readonly KeySpec?: keyof typeof bytesOf | undefined;
}

/** Throws unless one of the two members says it. */
export function numberOfBytes({ NumberOfBytes, KeySpec }: Size): number {
  const bytes = KeySpec === undefined ? NumberOfBytes : bytesOf[KeySpec];
  if (bytes === undefined || (NumberOfBytes !== undefined && KeySpec !== undefined)) {
    throw validationError("Please specify either number of bytes or key spec.");
  }
  return bytes;
}
