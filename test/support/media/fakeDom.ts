type Listener = (event: unknown) => void;

/**
 * As much of an element as the page's parts use: a tree with attributes, classes, styles and listeners. There is no
 * layout: a test sets `clientWidth`, `clientHeight` and `left`. Selectors are a class (`.row`) or an attribute (`[data-index]`).
 */
export class FakeElement {
  parent: FakeElement | null = null;
  readonly children: FakeElement[] = [];
  readonly attributes = new Map<string, string>();
  readonly dataset: Record<string, string | undefined>;
  readonly style = new FakeStyle();
  clientWidth = 0;
  clientHeight = 0;
  /** Where it stands from left to right. */
  left = 0;
  scrollLeft = 0;
  /** How often each animation was started. */
  animations = 0;
  readonly #listeners = new Map<string, Listener[]>();
  #text = '';

  constructor(private readonly page: FakeDom) {
    const { attributes } = this;
    this.dataset = new Proxy<Record<string, string | undefined>>(
      {},
      {
        get: (_, name) => attributes.get(`data-${String(name)}`),
        set: (_, name, value) => attributes.set(`data-${String(name)}`, value) && true,
      },
    );
  }

  readonly classList = {
    add: (...names: string[]) => this.#setClasses([...this.#classes, ...names]),
    remove: (...names: string[]) => this.#setClasses(this.#classes.filter((name) => !names.includes(name))),
    contains: (name: string) => this.#classes.includes(name),
    toggle: (name: string, on: boolean) => (on ? this.classList.add(name) : this.classList.remove(name)),
  };

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }

  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }

  get className(): string {
    return this.getAttribute('class') ?? '';
  }

  set className(value: string) {
    this.setAttribute('class', value);
  }

  get hidden(): boolean {
    return this.attributes.has('hidden');
  }

  set hidden(value: boolean) {
    if (value) this.setAttribute('hidden', '');
    else this.removeAttribute('hidden');
  }

  get tabIndex(): number {
    return Number(this.getAttribute('tabindex') ?? -1);
  }

  set tabIndex(value: number) {
    this.setAttribute('tabindex', String(value));
  }

  get textContent(): string {
    return this.#text + this.children.map((child) => child.textContent).join('');
  }

  set textContent(value: string) {
    this.replaceChildren();
    this.#text = value;
  }

  append(...nodes: (FakeElement | string)[]): void {
    for (const node of nodes) this.insertBefore(node, null);
  }

  /** Text goes before every child: no part of the page has text after an element. */
  insertBefore(node: FakeElement | string, before: FakeElement | null): void {
    if (typeof node === 'string') {
      this.#text += node;
      return;
    }
    node.remove();
    node.parent = this;
    this.children.splice(before ? this.children.indexOf(before) : this.children.length, 0, node);
  }

  replaceChildren(...nodes: (FakeElement | string)[]): void {
    for (const child of [...this.children]) child.remove();
    this.#text = '';
    this.append(...nodes);
  }

  /** An element that is taken out of the tree, or moved in it, loses the focus. */
  remove(): void {
    if (!this.parent) return;
    if (this.contains(this.page.activeElement)) this.page.moveFocus(this.page.body);
    this.parent.children.splice(this.parent.children.indexOf(this), 1);
    this.parent = null;
  }

  contains(other: FakeElement | null): boolean {
    for (let node = other; node; node = node.parent) if (node === this) return true;
    return false;
  }

  closest(selector: string): FakeElement | null {
    for (let node: FakeElement | null = this; node; node = node.parent)
      if (node.matches(selector)) return node;
    return null;
  }

  matches(selector: string): boolean {
    return selector.startsWith('.')
      ? this.classList.contains(selector.slice(1))
      : this.attributes.has(selector.slice(1, -1));
  }

  /** This element and every one in it that matches, in document order. */
  all(selector: string): FakeElement[] {
    const own = this.matches(selector) ? [this as FakeElement] : [];
    return [...own, ...this.children.flatMap((child) => child.all(selector))];
  }

  checkVisibility(): boolean {
    for (let node: FakeElement | null = this; node; node = node.parent) if (node.hidden) return false;
    return true;
  }

  getBoundingClientRect(): { top: number; bottom: number; left: number; right: number } {
    const { left } = this;
    return { top: 0, bottom: this.clientHeight, left, right: left + this.clientWidth };
  }

  focus(): void {
    this.page.moveFocus(this);
  }

  scrollIntoView(): void {}

  animate(): void {
    this.animations++;
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  forgetListeners(): void {
    this.#listeners.clear();
  }

  /** Dispatches an event to this element and those around it. */
  dispatch(type: string, fields: object = {}): void {
    const event = { target: this, preventDefault: () => undefined, ...fields };
    for (let node: FakeElement | null = this; node; node = node.parent) {
      for (const listener of node.#listeners.get(type) ?? []) listener(event);
    }
  }

  get #classes(): string[] {
    return this.className.split(' ').filter(Boolean);
  }

  #setClasses(names: readonly string[]): void {
    this.className = [...new Set(names)].join(' ');
  }
}

class FakeStyle {
  [property: string]: unknown;
  readonly setProperty = (name: string, value: string) => {
    this[name] = value;
  };
  readonly getPropertyValue = (name: string) => String(this[name] ?? '');
}

const GLOBALS = [
  'document',
  'window',
  'ResizeObserver',
  'requestAnimationFrame',
  'cancelAnimationFrame',
  'getComputedStyle',
  'matchMedia',
  'setTimeout',
] as const;

/** The page around the elements, in place of a browser's global objects from `install` to `uninstall`. */
export class FakeDom {
  readonly body = new FakeElement(this);
  activeElement: FakeElement = this.body;
  /** What `elementFromPoint` gives. */
  pointed: FakeElement | null = null;
  #frame: (() => void) | null = null;
  readonly #timers: ReturnType<typeof setTimeout>[] = [];
  readonly #before = new Map<string, unknown>();

  install(): void {
    const { body } = this;
    const page = this;
    const { setTimeout: startTimer } = globalThis;
    const globals: Record<(typeof GLOBALS)[number], unknown> = {
      document: {
        body,
        createElement: () => new FakeElement(this),
        addEventListener: (type: string, listener: Listener) => body.addEventListener(type, listener),
        elementFromPoint: () => this.pointed,
        get activeElement() {
          return page.activeElement;
        },
      },
      window: {
        innerWidth: 1000,
        innerHeight: 800,
        addEventListener: (type: string, listener: Listener) => body.addEventListener(type, listener),
      },
      ResizeObserver: class {
        observe(): void {}
      },
      requestAnimationFrame: (draw: () => void) => {
        this.#frame = draw;
        return 1;
      },
      cancelAnimationFrame: () => {
        this.#frame = null;
      },
      getComputedStyle: (element: FakeElement) => element.style,
      matchMedia: () => ({ matches: false }),
      setTimeout: (work: () => void, milliseconds: number) => {
        const timer = startTimer(work, milliseconds);
        this.#timers.push(timer);
        return timer;
      },
    };
    for (const name of GLOBALS) {
      this.#before.set(name, Reflect.get(globalThis, name));
      Reflect.set(globalThis, name, globals[name]);
    }
  }

  /** Ends the page's timers and listeners, too. */
  uninstall(): void {
    this.body.forgetListeners();
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
    for (const [name, value] of this.#before) Reflect.set(globalThis, name, value);
    this.#before.clear();
  }

  /** Draws the frame that was asked for, if one was. */
  drawFrame(): void {
    this.#frame?.();
  }

  /** Gives the focus to an element; the body has it while no other element does, and is told nothing. */
  moveFocus(to: FakeElement): void {
    const from = this.activeElement;
    if (from === to) return;
    this.activeElement = to;
    if (from !== this.body) from.dispatch('focusout', { relatedTarget: to === this.body ? null : to });
    if (to !== this.body) to.dispatch('focusin', { relatedTarget: from });
  }
}

/** An element of the page as the stand-in that it is. */
export function fake(element: Element | null | undefined): FakeElement {
  return element as unknown as FakeElement;
}
