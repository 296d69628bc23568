import { decodeExtras, type Extras, type ExtrasState, encodeExtras } from './codec/extras';
import { EXPANSION_BYTES, EXPANSION_DATA_OFFSET, EXPANSION_OFFSET, v4Expansion, v4Header } from './codec/v4';

/** The parts of the kernel's structure that hold our extras, the health fields and the count of entries. */

const EXPANSION_VERSION = 1;

/** Where the header's names for the health fields begin. */
export const HEALTH_PREFIX = 'health.';

export type HeaderValues = ReturnType<typeof v4Header.decode>;

/** The structure's health fields under the kernel's names, `health_score` for instance. */
export type HealthFields = {
  [Name in keyof HeaderValues as Name extends `health.${infer Field}` ? Field : never]: HeaderValues[Name];
};

/** Our extras in a structure, or what is there instead. */
export function readExtras(structure: Uint8Array): ExtrasState {
  return decodeExtras(expansionData(structure));
}

/** Writes the extras and says in the kernel's fields that `expansion_data` is in use. */
export function putExtras(structure: Uint8Array, extras: Extras): void {
  v4Expansion.encode(
    { expansion_version: EXPANSION_VERSION, expansion_size: EXPANSION_BYTES },
    structure,
    EXPANSION_OFFSET,
  );
  encodeExtras(extras, expansionData(structure));
}

/** How many entries the structure itself holds: its own entries. The large table may hold more. */
export function ownEntryCountOf(structure: Uint8Array): number {
  return v4Header.get(structure, 'active_remaps');
}

function expansionData(structure: Uint8Array): Uint8Array {
  return structure.subarray(EXPANSION_DATA_OFFSET, EXPANSION_DATA_OFFSET + EXPANSION_BYTES);
}
