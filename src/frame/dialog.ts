import * as vscode from 'vscode';
import { type Ask, runQuestions } from './questionRun';
import { type Choice, type ListQuestion, showList, showText, type TextQuestion } from './questions';

/** The questions of one command: each has the command's title, its step, and a button that goes back. */
export class Dialog {
  readonly #title: string;
  readonly #ask: Ask;
  /** Corrects how many questions there are, as soon as an answer tells. */
  readonly expect: (steps: number) => void;

  constructor(title: string, ask: Ask, expect: (steps: number) => void) {
    this.#title = title;
    this.#ask = ask;
    this.expect = expect;
  }

  /** Asks for a text, which is checked while it is typed. */
  text<T>(question: TextQuestion<T>): Promise<T> {
    return this.#ask(question.prompt, (place) => showText(this.#title, question, place));
  }

  /** Asks to choose from a list. */
  async choice<T>(placeHolder: string, choices: readonly Choice<T>[]): Promise<T> {
    const [chosen] = await this.#list({ placeHolder, choices, many: false });
    return chosen!.value;
  }

  /** Asks to choose any number of a list, at least one; all are chosen at first. */
  async choices<T>(placeHolder: string, choices: readonly Choice<T>[]): Promise<T[]> {
    const chosen = await this.#list({ placeHolder, choices, many: true });
    return chosen.map(({ value }) => value);
  }

  /** Asks for a file or folder in the system's own dialog. */
  file(options: vscode.OpenDialogOptions): Promise<vscode.Uri> {
    return this.#ask(options.openLabel ?? this.#title, async () => {
      const picked = await vscode.window.showOpenDialog({ title: this.#title, ...options });
      return picked?.[0] ? { kind: 'answer', value: picked[0], shown: picked[0].fsPath } : { kind: 'cancel' };
    });
  }

  #list<T>(question: ListQuestion<T>): Promise<readonly Choice<T>[]> {
    return this.#ask(question.placeHolder, (place) => showList(this.#title, question, place));
  }
}

/**
 * Asks the questions of a command, one after the other. The flow runs anew when the person goes back (`runQuestions`).
 * @returns what the flow returns; undefined when the person cancelled
 */
export function runDialog<T>(
  title: string,
  flow: (dialog: Dialog) => Promise<T>,
  steps = 1,
): Promise<T | undefined> {
  return runQuestions((ask, expect) => flow(new Dialog(title, ask, expect)), steps);
}
