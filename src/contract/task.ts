/** How a piece of work tells its progress and learns that it was cancelled. */
export interface Task {
  /** Aborted when the user cancels. */
  readonly signal: AbortSignal;
  /** Says what is being done; `fraction` (0 to 1) is how much of the whole is done, where that is known. */
  report(text: string, fraction?: number | undefined): void;
}
