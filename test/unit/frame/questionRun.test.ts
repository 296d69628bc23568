import assert from 'node:assert/strict';
import { type Ask, type QuestionPlace, type Reply, runQuestions } from '../../../src/frame/questionRun';

/** Answers the questions of a dialog from a list, and notes what was shown. */
class Person {
  readonly shown: string[] = [];
  readonly #replies: string[];

  constructor(...replies: string[]) {
    this.#replies = replies;
  }

  ask(ask: Ask, key: string): Promise<string> {
    return ask(key, async (place) => {
      this.shown.push(placeText(key, place));
      return replyOf(this.#replies.shift() ?? 'cancel');
    });
  }
}

function placeText(key: string, { step, totalSteps, earlier }: QuestionPlace): string {
  return `${key} ${step}/${totalSteps}${earlier === undefined ? '' : ` (${earlier})`}`;
}

function replyOf(text: string): Reply<string> {
  return text === 'back' || text === 'cancel'
    ? { kind: text }
    : { kind: 'answer', value: text.toUpperCase(), shown: text };
}

describe('runQuestions', () => {
  const nameAndSize = (person: Person) =>
    runQuestions(async (ask) => [await person.ask(ask, 'name'), await person.ask(ask, 'size')], 2);

  it('asks one question after the other, each with its place', async () => {
    const person = new Person('a', 'b');
    assert.deepEqual(await nameAndSize(person), ['A', 'B']);
    assert.deepEqual(person.shown, ['name 1/2', 'size 2/2']);
  });

  it('ends without a result when the person cancels', async () => {
    assert.equal(await nameAndSize(new Person('a', 'cancel')), undefined);
  });

  it('goes back one question, and keeps what was answered', async () => {
    const person = new Person('a', 'b', 'c');
    const flow = runQuestions(
      async (ask) => [
        await person.ask(ask, 'name'),
        await person.ask(ask, 'size'),
        await person.ask(ask, 'layer'),
      ],
      3,
    );
    assert.deepEqual(await flow, ['A', 'B', 'C']);

    const other = new Person('a', 'b', 'back', 'back', 'x', 'b', 'c');
    const back = runQuestions(
      async (ask) => [
        await other.ask(ask, 'name'),
        await other.ask(ask, 'size'),
        await other.ask(ask, 'layer'),
      ],
      3,
    );
    assert.deepEqual(await back, ['X', 'B', 'C']);
    assert.deepEqual(other.shown, [
      'name 1/3',
      'size 2/3',
      'layer 3/3',
      'size 2/3 (b)',
      'name 1/3 (a)',
      'size 2/3 (b)',
      'layer 3/3',
    ]);
  });

  it('asks what another answer leads to, without the answer of another question', async () => {
    const person = new Person('file', 'a.map', 'back', 'back', 'sectors', '7');
    const result = await runQuestions(async (ask) => {
      const kind = await person.ask(ask, 'kind');
      const what = await person.ask(ask, kind === 'FILE' ? 'path' : 'numbers');
      return kind === 'FILE' ? [kind, what, await person.ask(ask, 'block size')] : [kind, what];
    }, 3);
    assert.deepEqual(result, ['SECTORS', '7']);
    assert.deepEqual(person.shown.slice(3), ['path 2/3 (a.map)', 'kind 1/3 (file)', 'numbers 2/3']);
  });

  it('shows as many steps as the flow expects, and never fewer than were asked', async () => {
    const person = new Person('a', 'b', 'c');
    await runQuestions(async (ask, expect) => {
      await person.ask(ask, 'one');
      expect(2);
      await person.ask(ask, 'two');
      return person.ask(ask, 'three');
    }, 5);
    assert.deepEqual(person.shown, ['one 1/5', 'two 2/2', 'three 3/3']);
  });

  it('passes the errors of the flow on', async () => {
    await assert.rejects(
      runQuestions(() => Promise.reject(new Error('no device')), 1),
      /no device/,
    );
  });
});
