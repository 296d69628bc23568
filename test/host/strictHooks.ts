const rejections: unknown[] = [];
const note = (reason: unknown): number => rejections.push(reason);

/** Fails a test during which a promise was rejected without a handler, which mocha itself lets pass. */
export const mochaHooks = {
  beforeEach(): void {
    process.on('unhandledRejection', note);
  },
  afterEach(): void {
    process.off('unhandledRejection', note);
    const [reason] = rejections;
    if (rejections.splice(0).length > 0) throw new Error('a rejection was not handled', { cause: reason });
  },
};
