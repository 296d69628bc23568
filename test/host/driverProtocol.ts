/** What a test in the extension host may ask of the harness, which drives the window from outside. */
export type DriverRequest =
  | { action: 'screenshot'; name: string }
  | { action: 'resize'; width: number; height: number }
  | { action: 'press'; keys: string }
  | { action: 'type'; text: string }
  | { action: 'insert'; text: string }
  | { action: 'waitFor'; frame: FrameMatcher; selector: string }
  | { action: 'click'; frame: FrameMatcher; selector: string; button?: 'left' | 'right'; count?: number }
  | { action: 'evaluate'; frame: FrameMatcher; script: string }
  | { action: 'aria'; frame: FrameMatcher; selector: string };

/** The workbench itself, or the first webview's document in which this selector matches. */
export type FrameMatcher = 'workbench' | { contains: string };

/** Begins each line that the suite prints. Lines without it are the window's own, and go to the log only. */
export const outputMark = '[suite] ';

export type DriverReply = { value: unknown } | { error: string };
