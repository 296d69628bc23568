import { UnreadableError } from '../volumeReader';
import { type Attribute, isResident, TYPE } from './attribute';
import { u16, utf16 } from './littleEndian';
import type { Mft } from './mft';

const VOLUME_RECORD = 3;
const DIRTY = 1;

/** What $Volume says. */
export interface VolumeInformation {
  readonly label: string;
  /** Null when it can't be known. */
  readonly isClean: boolean | null;
}

export async function readVolumeInformation(mft: Mft): Promise<VolumeInformation> {
  let attributes: readonly Attribute[] = [];
  try {
    const record = await mft.record(VOLUME_RECORD);
    attributes = record.attributes;
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
  }
  const label = residentValue(attributes, TYPE.volumeName);
  const information = residentValue(attributes, TYPE.volumeInformation);
  return {
    label: label ? utf16(label, 0, Math.floor(label.length / 2)) : '',
    isClean: information && information.length >= 12 ? (u16(information, 10) & DIRTY) === 0 : null,
  };
}

function residentValue(attributes: readonly Attribute[], type: number): Uint8Array | undefined {
  const found = attributes.find((attribute) => attribute.type === type);
  return found && isResident(found) ? found.value : undefined;
}
