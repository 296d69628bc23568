import { element } from './dom';

export interface RadioOption<Id extends string> {
  readonly id: Id;
  readonly label: string;
  readonly title: string;
}

/** Buttons of which one is checked. The group is one tab stop; the arrow keys move and choose. */
export class RadioGroup<Id extends string> {
  readonly root: HTMLElement;
  #options: readonly RadioOption<Id>[] = [];
  #buttons: HTMLButtonElement[] = [];
  #checked: Id | null = null;

  constructor(
    label: string,
    private readonly onChoose: (id: Id) => void,
  ) {
    this.root = element('div', { class: 'radio-group', role: 'radiogroup', 'aria-label': label });
  }

  get checked(): Id | null {
    return this.#checked;
  }

  /** Shows these options. Elements stay, with the focus, if the options are the same as before. */
  show(options: readonly RadioOption<Id>[], checked: Id): void {
    if (JSON.stringify(options) !== JSON.stringify(this.#options)) {
      this.#options = options;
      this.#buttons = options.map((option) => this.#button(option));
      this.root.replaceChildren(...this.#buttons);
    }
    this.check(checked);
  }

  /** Checks an option without telling `onChoose`. */
  check(id: Id): void {
    this.#checked = id;
    for (const [i, button] of this.#buttons.entries()) {
      const isChecked = this.#options[i]?.id === id;
      button.setAttribute('aria-checked', String(isChecked));
      button.tabIndex = isChecked ? 0 : -1;
    }
  }

  #button({ id, label, title }: RadioOption<Id>): HTMLButtonElement {
    const button = element('button', { type: 'button', role: 'radio', title }, label);
    button.addEventListener('click', () => this.#choose(id));
    button.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const { length } = this.#options;
      const next = (this.#options.findIndex((option) => option.id === id) + step + length) % length;
      this.#choose(this.#options[next]!.id);
      this.#buttons[next]!.focus();
    });
    return button;
  }

  #choose(id: Id): void {
    this.check(id);
    this.onChoose(id);
  }
}
