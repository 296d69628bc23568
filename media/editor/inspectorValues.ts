import { FLOAT_READINGS } from './floatReadings';
import { INTEGER_READINGS } from './integerReadings';
import type { Reading } from './reading';
import { TEXT_READINGS } from './textReadings';
import { TIME_READINGS } from './timeReadings';

/** How many bytes from the cursor on the inspector uses. */
export const INSPECTED_BYTES = 16;

/** Every reading of the bytes at the cursor, in the order in which the inspector lists them. */
export const READINGS: readonly Reading[] = [
  ...INTEGER_READINGS,
  ...FLOAT_READINGS,
  ...TIME_READINGS,
  ...TEXT_READINGS,
];
