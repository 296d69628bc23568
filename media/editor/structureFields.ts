import type { Answers } from '../../src/shared/protocol';

/** A structure that was recognised in a sector. */
export type Structure = Answers<'structures'>[number];
export type Field = Structure['fields'][number];

/** A field with what it is part of. */
export interface FoundField extends Pick<Field, 'value' | 'meaning' | 'byteOffset' | 'byteCount'> {
  /** With the structure and the group before it. */
  readonly name: string;
  /** The field's place among those of the structure; null: only the structure is known here. */
  readonly index: number | null;
  readonly structure: number;
}

/** The smallest field over a byte, or the structure itself where no field is; null outside of all. */
export function fieldAt(structures: readonly Structure[], byteOffset: number): FoundField | null {
  let best: FoundField | null = null;
  for (const [structure, { name, fields, ...place }] of structures.entries()) {
    if (!isIn(byteOffset, place)) continue;
    best ??= { name, value: '', meaning: '', ...place, structure, index: null };
    let group = '';
    for (const [index, field] of fields.entries()) {
      const isGroup = isGroupAt(fields, index);
      if (field.level === 1) group = isGroup ? ` › ${field.name}` : '';
      if (!isIn(byteOffset, field) || (best.index !== null && field.byteCount >= best.byteCount)) continue;
      const within = field.level === 1 ? ` › ${field.name}` : `${group} › ${field.name}`;
      best = { ...field, name: name + within, structure, index };
    }
  }
  return best;
}

/** What is shown of a byte that belongs to a field. */
export const FieldMark = { even: 1, odd: 2, first: 4, current: 8 } as const;

/** More bytes than this have no marks: none of the structures that are known has so many. */
const MAX_MARKED_BYTES = 1 << 17;

/** Which bytes belong to fields: neighbours are told apart, and the field under the cursor from the others. */
export class FieldMarks {
  readonly #marks = new Map<number, number>();
  #current: Pick<Field, 'byteOffset' | 'byteCount'> | null = null;

  constructor(structures: readonly Structure[] = []) {
    let isOdd = false;
    for (const { fields } of structures) {
      for (const [index, { byteOffset, byteCount }] of fields.entries()) {
        if (isGroupAt(fields, index) || this.#marks.has(byteOffset)) continue;
        if (this.#marks.size + byteCount > MAX_MARKED_BYTES) return;
        const kind = isOdd ? FieldMark.odd : FieldMark.even;
        isOdd = !isOdd;
        for (let at = byteOffset; at < byteOffset + byteCount; at++) {
          this.#marks.set(at, at === byteOffset ? kind | FieldMark.first : kind);
        }
      }
    }
  }

  /** The cursor is on this field now; null: on none. */
  set current(field: Pick<Field, 'byteOffset' | 'byteCount'> | null) {
    this.#current = field;
  }

  /** Bits of `FieldMark`; 0 for a byte of no field. */
  of(byteOffset: number): number {
    const mark = this.#marks.get(byteOffset) ?? 0;
    if (mark === 0 || this.#current === null || !isIn(byteOffset, this.#current)) return mark;
    return mark | FieldMark.current;
  }
}

/** Whether a field is a group: its parts follow it. */
function isGroupAt(fields: readonly Field[], index: number): boolean {
  return fields[index]?.level === 1 && fields[index + 1]?.level === 2;
}

function isIn(at: number, { byteOffset, byteCount }: Pick<Field, 'byteOffset' | 'byteCount'>): boolean {
  return at >= byteOffset && at < byteOffset + byteCount;
}
