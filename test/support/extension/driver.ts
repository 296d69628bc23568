import type { DriverReply, DriverRequest, FrameMatcher } from '../../host/driverProtocol';

const url = process.env.REMAP_TEST_DRIVER;

async function ask(request: DriverRequest): Promise<unknown> {
  if (url === undefined)
    throw new Error('This test host has no driver: check driver.available, or call driver.require(this).');
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(request) });
  const reply = (await response.json()) as DriverReply;
  if ('error' in reply) throw new Error(`${request.action}: ${reply.error}`);
  return reply.value;
}

/** A document in the window: the workbench's own, or a webview's. */
export class WindowDocument {
  readonly #frame: FrameMatcher;

  constructor(frame: FrameMatcher) {
    this.#frame = frame;
  }

  /** Waits until the selector matches something visible. */
  async waitFor(selector: string): Promise<void> {
    await ask({ action: 'waitFor', frame: this.#frame, selector });
  }

  /** Waits for the element and clicks it. */
  async click(selector: string, options: { button?: 'left' | 'right'; count?: number } = {}): Promise<void> {
    await ask({ action: 'click', frame: this.#frame, selector, ...options });
  }

  /** Runs a function in the document. It sees nothing of the test but its argument; both ways only JSON passes. */
  async evaluate<Result, Argument = undefined>(
    work: (argument: Argument) => Result | Promise<Result>,
    argument?: Argument,
  ): Promise<Result> {
    return this.run(`(${work.toString()})(${JSON.stringify(argument) ?? ''})`);
  }

  /** Runs a script in the document. @returns the value of its last expression, as JSON passes it */
  async run<Result>(script: string): Promise<Result> {
    return (await ask({ action: 'evaluate', frame: this.#frame, script })) as Result;
  }

  /** The text of every element that matches, in document order. */
  async texts(selector: string): Promise<string[]> {
    return this.evaluate(
      (wanted: string) => [...document.querySelectorAll(wanted)].map((element) => element.textContent ?? ''),
      selector,
    );
  }

  /** What assistive technology is told of an element: Playwright's snapshot of roles, names and states. */
  async aria(selector: string): Promise<string> {
    return (await ask({ action: 'aria', frame: this.#frame, selector })) as string;
  }
}

/** The harness around the window: a test sees and types through it what a person would. */
export const driver = {
  /** False in desktop VS Code. */
  available: url !== undefined,

  /** Skips the running test where there is no driver. */
  require(context: Mocha.Context): void {
    if (url !== undefined) return;
    console.log('      (skipped: this host has no driver to look at the window with)');
    context.skip();
  },

  /** Keeps a picture of the window in out/artifacts and returns its path. */
  async screenshot(name: string): Promise<string> {
    return (await ask({ action: 'screenshot', name })) as string;
  },

  /** Gives the window another size, in pixels. @returns the size that it had */
  async resize(width: number, height: number): Promise<{ width: number; height: number }> {
    return (await ask({ action: 'resize', width, height })) as { width: number; height: number };
  },

  /** Presses keys as Playwright names them: `Enter`, `F1`, `Control+Shift+P`. */
  async press(keys: string): Promise<void> {
    await ask({ action: 'press', keys });
  },

  /** Types text into what has the focus. */
  async type(text: string): Promise<void> {
    await ask({ action: 'type', text });
  },

  /** Puts the text where the focus is, at once, as a paste does. */
  async insert(text: string): Promise<void> {
    await ask({ action: 'insert', text });
  },

  workbench: new WindowDocument('workbench'),

  /** The webview in whose document this selector matches; every call waits until there is one. */
  webview(contains: string): WindowDocument {
    return new WindowDocument({ contains });
  },
};
