import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { childProgram } from '../childProgram';
import type { Answer, Request } from './imageChild';

/** Another process that opens images, driven by a test: see `imageChild.ts`. */
export class ImageProcess {
  private constructor(private readonly child: ChildProcess) {}

  static async start(program: string): Promise<ImageProcess> {
    const child = fork(program, { execArgv: [] });
    await once(child, 'message');
    return new ImageProcess(child);
  }

  get pid(): number {
    return this.child.pid!;
  }

  async ask(request: Request): Promise<Answer> {
    const answered = once(this.child, 'message');
    this.child.send(request);
    return (await answered)[0] as Answer;
  }

  /** Ends it at once and without a chance to clean up, and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  /** Lets it exit by itself, without closing the image that it has open. */
  async exit(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }
}

/** Processes for each test of the enclosing `describe`; those still running are killed after it. */
export function imageProcesses(): {
  start(): Promise<ImageProcess>;
  startMany(count: number): Promise<ImageProcess[]>;
} {
  const started: ImageProcess[] = [];
  const program = childProgram('block/imageChild.ts');
  afterEach(async () => {
    await Promise.all(started.splice(0).map((one) => one.kill()));
  });
  const start = async (): Promise<ImageProcess> => {
    const one = await ImageProcess.start(program.path);
    started.push(one);
    return one;
  };
  return { start, startMany: (count) => Promise.all(Array.from({ length: count }, start)) };
}
