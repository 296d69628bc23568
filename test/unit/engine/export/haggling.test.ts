import assert from 'node:assert/strict';
import { exportRig } from '../../../support/export/exportRig';
import {
  contextData,
  infoData,
  type OptionReplyParts,
  uint32,
  wireString,
} from '../../../support/export/rawClient';

const [
  EXPORT_NAME,
  ABORT,
  LIST,
  STARTTLS,
  INFO,
  GO,
  STRUCTURED_REPLY,
  LIST_META,
  SET_META,
  EXTENDED_HEADERS,
] = [1, 2, 3, 5, 6, 7, 8, 9, 10, 11];
const [ACK, SERVER, INFO_REPLY, META_CONTEXT] = [1, 2, 3, 4];
const [UNSUPPORTED, INVALID, UNKNOWN] = [2 ** 31 + 1, 2 ** 31 + 3, 2 ** 31 + 6];

const SIZE = 20_480n * 512n;

const typesOf = (replies: readonly OptionReplyParts[]): number[] => replies.map(({ type }) => type);

describe('the haggling', () => {
  const rig = exportRig();

  it('begins with a hello that offers the newstyle and no padding', async () => {
    const hello = await rig.current.connect().hello();
    assert.equal(hello.toString('hex'), '4e42444d4147494349484156454f50540003');
  });

  it('goes as in the example of the reference, byte by byte', async () => {
    const client = rig.current.connect();
    await client.hello();
    client.send(Buffer.from('49484156454f50540000000800000000', 'hex'));
    assert.equal((await client.take(20)).toString('hex'), '0003e889045565a9000000080000000100000000');
    client.send(
      Buffer.from('49484156454f5054000000070000000800000000', 'hex'),
      Buffer.from('00010003', 'hex'),
    );
    const replies = await client.take(32 + 34 + 20);
    const size = SIZE.toString(16).padStart(16, '0');
    assert.equal(
      replies.toString('hex'),
      `0003e889045565a900000007000000030000000c0000${size}0ded` +
        `0003e889045565a900000007000000030000000e0003000002000000100002000000` +
        `0003e889045565a9000000070000000100000000`,
    );
  });

  it('answers EXPORT_NAME with the size and flags, padded unless the client goes without', async () => {
    for (const [clientFlags, padding] of [
      [3, 0],
      [1, 124],
    ] as const) {
      const client = rig.current.connect();
      await client.hello(clientFlags);
      client.sendOption(EXPORT_NAME, Buffer.from('disk'));
      const reply = await client.take(10 + padding);
      assert.equal(reply.readBigUInt64BE(), SIZE);
      assert.equal(reply.readUInt16BE(8), 0x0d6d, 'no DF without structured replies');
      assert.ok(reply.subarray(10).every((byte) => byte === 0));
      client.request({ command: 0, length: 512 });
      assert.equal((await client.simpleReply()).errno, 0);
    }
  });

  it('closes after EXPORT_NAME of a name that is not there, which has no reply', async () => {
    const client = rig.current.connect();
    await client.hello();
    client.sendOption(EXPORT_NAME, Buffer.from('disc'));
    assert.equal((await client.closed()).length, 0);
  });

  it('lists every export with a description', async () => {
    const client = rig.current.connect();
    await client.hello();
    const replies = await client.option(LIST);
    assert.deepEqual(typesOf(replies), [SERVER, SERVER, SERVER, ACK]);
    const names = replies.slice(0, 3).map(({ data }) => data.toString('utf8', 4, 4 + data.readUInt32BE()));
    assert.deepEqual(names, ['disk', 'disk/main', 'disk/spare']);
    assert.match(replies[0]!.data.toString('utf8', 8), /dm-remap device disk/);
  });

  it('gives the same answer to INFO and GO; images are read-only', async () => {
    const client = rig.current.connect();
    await client.hello();
    await client.option(STRUCTURED_REPLY);
    const info = await client.option(INFO, infoData('disk/main', [3, 1, 2, 77]));
    const go = await client.option(GO, infoData('disk/main', [3, 1, 2, 77]));
    assert.deepEqual(
      go.map(({ type, data }) => [type, data.toString('hex')]),
      info.map(({ type, data }) => [type, data.toString('hex')]),
    );
    assert.deepEqual(typesOf(go), [INFO_REPLY, INFO_REPLY, INFO_REPLY, INFO_REPLY, ACK]);
    assert.equal(go[0]!.data.readUInt16BE(10) & 2, 2);
  });

  it('lists contexts by namespace, and chooses them by their full names alone', async () => {
    const client = rig.current.connect();
    await client.hello();
    await client.option(STRUCTURED_REPLY);
    const named = async (option: number, queries: readonly string[]): Promise<string[]> => {
      const replies = await client.option(option, contextData('disk', queries));
      assert.equal(replies.at(-1)!.type, ACK);
      const found = replies.slice(0, -1);
      assert.ok(found.every(({ type }) => type === META_CONTEXT));
      return found.map(({ data }) => data.toString('utf8', 4));
    };
    assert.deepEqual(await named(LIST_META, []), ['base:allocation', 'x-remap:state']);
    assert.deepEqual(await named(LIST_META, ['x-remap:']), ['x-remap:state']);
    assert.deepEqual(await named(LIST_META, ['qemu:', 'base:allocation']), ['base:allocation']);
    assert.deepEqual(await named(SET_META, ['base:', 'x-remap:state', 'x-other:thing']), ['x-remap:state']);
  });

  it('answers ABORT and closes, whatever its data are', async () => {
    const client = rig.current.connect();
    await client.hello();
    assert.deepEqual(typesOf(await client.option(ABORT, Buffer.from('why'))), [ACK]);
    assert.equal((await client.closed()).length, 0);
  });

  it('goes on after clients that are gone before their ABORT is answered', async () => {
    for (let i = 0; i < 20; i++) {
      const client = rig.current.connect();
      await client.hello();
      client.sendOption(ABORT);
      client.vanish();
    }
    await rig.current.open();
  });

  describe('of bad input', () => {
    it('closes on client flags that were not offered', async () => {
      const client = rig.current.connect();
      await client.hello(0x83);
      assert.equal((await client.closed()).length, 0);
    });

    it('closes on an option without its magic', async () => {
      const client = rig.current.connect();
      await client.hello();
      client.sendOption(LIST, Buffer.alloc(0), { magic: 0x49484156454f5055n });
      assert.equal((await client.closed()).length, 0);
    });

    it('refuses what it does not know, and skips its data', async () => {
      const client = rig.current.connect();
      await client.hello();
      for (const option of [0, 4, STARTTLS, EXTENDED_HEADERS, 12, 0xffffffff]) {
        assert.deepEqual(typesOf(await client.option(option, Buffer.alloc(300, 1))), [UNSUPPORTED]);
      }
      assert.deepEqual(typesOf(await client.option(99, Buffer.alloc(1_000_000, 1))), [UNSUPPORTED]);
      assert.equal((await client.option(LIST)).at(-1)!.type, ACK);
    });

    it('refuses data that no option may have, and goes on', async () => {
      const client = rig.current.connect();
      await client.hello();
      await client.option(STRUCTURED_REPLY);
      const wrong: readonly (readonly [string, number, Buffer])[] = [
        ['LIST with data', LIST, Buffer.from('x')],
        ['STRUCTURED_REPLY with data', STRUCTURED_REPLY, Buffer.from('x')],
        ['GO with a name of 5000 bytes', GO, infoData('x'.repeat(5000))],
        ['GO with 100,000 bytes', GO, infoData('x'.repeat(100_000))],
        ['GO without data', GO, Buffer.alloc(0)],
        ['GO whose name is longer than its data', GO, Buffer.concat([uint32(100), Buffer.from('disk')])],
        [
          'GO with fewer infos than it says',
          GO,
          Buffer.concat([wireString('disk'), Buffer.from([0, 2, 0, 3])]),
        ],
        ['GO with more data than it says', GO, Buffer.concat([infoData('disk'), Buffer.from('x')])],
        ['SET_META without data', SET_META, Buffer.alloc(0)],
        [
          'SET_META with fewer queries than it says',
          SET_META,
          Buffer.concat([wireString('disk'), uint32(2), wireString('base:allocation')]),
        ],
        [
          'SET_META with a query longer than its data',
          SET_META,
          Buffer.concat([wireString('disk'), uint32(1), uint32(2 ** 32 - 1), Buffer.from('base')]),
        ],
        [
          'SET_META with 2^32 - 1 queries',
          SET_META,
          Buffer.concat([wireString('disk'), uint32(2 ** 32 - 1)]),
        ],
        [
          'LIST_META with more data than it says',
          LIST_META,
          Buffer.concat([contextData('disk', []), Buffer.from('x')]),
        ],
      ];
      for (const [what, option, data] of wrong) {
        assert.deepEqual(typesOf(await client.option(option, data)), [INVALID], what);
      }
      assert.equal((await client.option(GO, infoData('disk'))).at(-1)!.type, ACK);
    });

    it('says that it does not know an export', async () => {
      const client = rig.current.connect();
      await client.hello();
      await client.option(STRUCTURED_REPLY);
      for (const name of ['disc', 'disk\0', '../disk', '%64isk']) {
        for (const option of [INFO, GO])
          assert.deepEqual(typesOf(await client.option(option, infoData(name))), [UNKNOWN]);
        for (const option of [LIST_META, SET_META]) {
          assert.deepEqual(typesOf(await client.option(option, contextData(name, []))), [UNKNOWN]);
        }
      }
    });

    it('refuses contexts before structured replies', async () => {
      const client = rig.current.connect();
      await client.hello();
      const data = contextData('disk', ['base:allocation']);
      for (const option of [LIST_META, SET_META])
        assert.deepEqual(typesOf(await client.option(option, data)), [INVALID]);
    });

    it('has no context after a choice for another export, or after one that failed', async () => {
      for (const second of [contextData('disk/main', ['base:allocation']), Buffer.alloc(2)]) {
        const client = rig.current.connect();
        await client.hello();
        await client.option(STRUCTURED_REPLY);
        await client.option(SET_META, contextData('disk', ['base:allocation']));
        await client.option(SET_META, second);
        await client.option(GO, infoData('disk'));
        client.request({ command: 7, length: 512 });
        const [chunk] = await client.chunks();
        assert.equal(chunk!.type, 0x8001);
        assert.equal(chunk!.payload.readUInt32BE(), 22);
      }
    });
  });
});
