import { u16 } from './littleEndian';

/** The stride of fixups: 512 bytes, also where the volume's own sectors are larger. */
const STRIDE = 512;

/**
 * Puts back the bytes at the ends of the sectors of a record or index block that its fixups stand for.
 * @returns false for a torn structure: its sectors are not of one write
 */
export function applyFixups(structure: Uint8Array): boolean {
  const offset = u16(structure, 4);
  const count = u16(structure, 6);
  const strides = structure.length / STRIDE;
  if (count !== strides + 1 || offset < 0x18 || offset % 2 !== 0 || offset + count * 2 > STRIDE - 2)
    return false;
  const mark = u16(structure, offset);
  for (let i = 1; i <= strides; i++) if (u16(structure, i * STRIDE - 2) !== mark) return false;
  for (let i = 1; i <= strides; i++) {
    structure[i * STRIDE - 2] = structure[offset + i * 2]!;
    structure[i * STRIDE - 1] = structure[offset + i * 2 + 1]!;
  }
  return true;
}
