import { listInWords, plural } from './wording';

/** What a person decides about a device that uses files outside the workspace. */
export interface WriteDecision {
  /** Why it is opened read-only. */
  readonly readOnly?: string;
  /** It may write those files, from now on in this workspace. */
  readonly forWriting?: boolean;
}

const DECISIONS: Readonly<Record<string, WriteDecision>> = {
  'Open for Writing': { forWriting: true },
  'Open Read-Only': { readOnly: 'as you chose' },
};

/** The buttons of the question. */
export const WRITE_BUTTONS: readonly string[] = Object.keys(DECISIONS);

/** The question whether a device may write files outside the workspace. */
export function writeQuestion(name: string, files: readonly string[]): { message: string; detail: string } {
  return {
    message: `Open the device “${name}” for writing? It uses ${plural(files.length, 'file')} outside the workspace.`,
    detail: `What is written to the device, and its bad sectors, would go to ${listInWords(files)}.`,
  };
}

/** What an answer decides; undefined: the person cancelled. @param button the text of the button, undefined for none */
export function writeDecision(button: string | undefined): WriteDecision | undefined {
  return button === undefined ? undefined : DECISIONS[button];
}
