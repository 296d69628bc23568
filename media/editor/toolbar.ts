import type { Direction, Landmark, ViewId, ViewInfo } from '../../src/shared/protocol';
import { element, iconButton } from './dom';
import { byteSize, decimal } from './format';
import type { GotoResult } from './gotoExpression';

export interface ToolbarActions {
  showView(id: ViewId): void;
  /** Reads the box as one types. */
  parseGoto(input: string): GotoResult;
  goTo(byteOffset: number): void;
  seek(landmark: Landmark, direction: Direction): void;
  find(): void;
  toggleInspector(): void;
  /** The keyboard goes back to the bytes. */
  leave(): void;
}

const LANDMARKS: readonly (readonly [Landmark, label: string])[] = [
  ['remapped', 'Remapped'],
  ['bad', 'Bad'],
  ['nonZero', 'Non-zero'],
];

/** The row of controls above the grid. */
export class Toolbar {
  readonly root: HTMLElement;
  readonly #views = element('div', { class: 'views', role: 'radiogroup', 'aria-label': 'View' });
  readonly #goto: HTMLInputElement;
  readonly #gotoError = element('div', {
    class: 'input-error',
    id: 'goto-error',
    role: 'alert',
    hidden: true,
  });
  readonly #inspector: HTMLButtonElement;
  readonly #landmarks = element('div', { class: 'landmarks' });
  #viewButtons: HTMLButtonElement[] = [];

  constructor(private readonly actions: ToolbarActions) {
    this.#goto = element('input', {
      type: 'text',
      class: 'goto',
      'aria-label': 'Go to sector',
      'aria-describedby': 'goto-error',
      placeholder: 'Go to sector…',
      title: 'Sector (1000, 0x3E8, 1000+8), distance (+8), “end”, or “byte 0x7D000”',
      spellcheck: 'false',
      autocomplete: 'off',
    });
    this.#goto.addEventListener('input', () => this.#check(false));
    this.#goto.addEventListener('keydown', (event) => this.#onKey(event));
    this.#goto.addEventListener('blur', () => {
      this.#gotoError.hidden = true;
    });
    for (const [landmark, label] of LANDMARKS) this.#landmarks.append(this.#landmarkGroup(landmark, label));
    this.#inspector = iconButton('inspect', 'Data Inspector', actions.toggleInspector);
    this.root = element(
      'div',
      { class: 'toolbar', role: 'toolbar', 'aria-label': 'Sector editor' },
      this.#views,
      element('div', { class: 'goto-box' }, this.#goto, this.#gotoError),
      this.#landmarks,
      element('div', { class: 'spacer' }),
      iconButton('search', 'Find Bytes or Text', actions.find),
      this.#inspector,
    );
  }

  showViews(views: readonly ViewInfo[], current: ViewId): void {
    this.#views.hidden = views.length < 2;
    this.#viewButtons = views.map((view) => this.#viewButton(view, view.id === current));
    this.#views.replaceChildren(...this.#viewButtons);
    this.#landmarks.querySelector('[data-landmark="remapped"]')?.toggleAttribute('hidden', views.length < 2);
  }

  showInspector(open: boolean): void {
    this.#inspector.setAttribute('aria-pressed', String(open));
  }

  focusGoto(): void {
    this.#goto.focus();
    this.#goto.select();
  }

  #viewButton(view: ViewInfo, checked: boolean): HTMLButtonElement {
    const button = element(
      'button',
      {
        type: 'button',
        role: 'radio',
        'aria-checked': String(checked),
        tabindex: checked ? '0' : '-1',
        title: `${view.description}: ${decimal(Math.ceil(view.byteCount / 512))} sectors, ${byteSize(view.byteCount)}`,
      },
      view.label,
    );
    button.addEventListener('click', () => this.actions.showView(view.id));
    button.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const { length } = this.#viewButtons;
      this.#viewButtons[(this.#viewButtons.indexOf(button) + step + length) % length]?.click();
      this.#viewButtons.find((other) => other.getAttribute('aria-checked') === 'true')?.focus();
    });
    return button;
  }

  #landmarkGroup(landmark: Landmark, label: string): HTMLElement {
    const name = label.toLowerCase();
    return element(
      'div',
      { class: 'landmark', role: 'group', 'aria-label': `${label} sectors`, 'data-landmark': landmark },
      element('span', { class: 'landmark-label' }, label),
      iconButton('arrow-up', `Previous ${name} sector`, () => this.actions.seek(landmark, 'previous')),
      iconButton('arrow-down', `Next ${name} sector`, () => this.actions.seek(landmark, 'next')),
    );
  }

  /** Says what is wrong with the box; an empty box is wrong only when it is asked to go somewhere. */
  #check(going: boolean): GotoResult {
    const result = this.actions.parseGoto(this.#goto.value);
    const complain = !result.ok && (going || this.#goto.value.trim() !== '');
    this.#gotoError.hidden = !complain;
    this.#gotoError.textContent = complain ? result.message : '';
    this.#goto.setAttribute('aria-invalid', String(complain));
    return result;
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      this.#gotoError.hidden = true;
      this.actions.leave();
    } else if (event.key === 'Enter') {
      const result = this.#check(true);
      if (!result.ok) return;
      this.actions.goTo(result.byteOffset);
      this.actions.leave();
    } else {
      return;
    }
    event.preventDefault();
  }
}
