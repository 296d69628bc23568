import type { Field } from '../../engine';
import type { FieldDescription, NumberType } from '../description';

/** What a layout doesn't say of a field, by the field's name; null: the field isn't shown. */
export type More = Readonly<Record<string, Partial<FieldDescription> | null>>;

/**
 * The fields of a layout of the engine, with names for people: `sequence_number` is *Sequence number*, and its own name
 * stands before its meaning.
 */
export function layoutFields(fields: readonly Field[], more: More = {}, base = 0): FieldDescription[] {
  return fields.flatMap(({ name, byteOffset, byteLength, type }) => {
    const own = more[name];
    if (own === null || name.startsWith('padding') || name.startsWith('reserved')) return [];
    const shown = type === 'text' || type === 'bytes' ? { type, byteCount: byteLength } : numeric(type);
    const meaning = own?.meaning === undefined ? name : `${name}: ${own.meaning}`;
    return { at: base + byteOffset, name: titleOf(name), ...shown, ...own, meaning } as FieldDescription;
  });
}

function numeric(type: NumberType): { type: NumberType } {
  return { type };
}

function titleOf(name: string): string {
  const words = name.replace('.', ': ').replaceAll('_', ' ').replaceAll('uuid', 'UUID');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
