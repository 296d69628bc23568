/** A piece of work in progress, as it sees itself. */
export interface Task {
  /** Aborted when the user cancels. */
  readonly signal: AbortSignal;
  /** Says what goes on; `fraction` (0 to 1) is how much of the whole is done, where that is known. */
  report(text: string, fraction?: number | undefined): void;
}
