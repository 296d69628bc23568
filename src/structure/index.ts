export type { DecodedStructure } from './decode';
export { recognizeAt, SECTORS_BEFORE, SECTORS_FROM } from './recognize';
