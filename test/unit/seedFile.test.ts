import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseSeedFile, readSeedFile } from '../../seed/seedFile.ts';

const now = new Date('2026-03-01T12:00:00Z');
const parse = (text: string) => parseSeedFile(text, 'my.json', now);
const parseChannels = (...channels: unknown[]) => parse(JSON.stringify({ channels }));
const ann = { username: 'ann', title: 'Hello' };

describe('the example seed file', () => {
  const text = readFileSync('seed.example.json', 'utf8');

  test('is one', () => {
    expect(parse(text)).toHaveLength(3);
  });

  test('shows every field there is', () => {
    const { channels } = JSON.parse(text);
    const [first] = channels;
    expect(Object.keys(first).sort()).toEqual([
      'category',
      'followerCount',
      'isPartner',
      'stream',
      'title',
      'username',
    ]);
    const shown = new Set(
      channels.flatMap((channel: { stream?: object }) => Object.keys(channel.stream ?? {})),
    );
    expect([...shown].sort()).toEqual([
      'category',
      'chat',
      'endedAt',
      'hasErrorEvent',
      'isHealthy',
      'isLive',
      'isRecorded',
      'peakViewers',
      'startedAt',
      'title',
    ]);
  });
});

describe('a seed file', () => {
  test('may say no more of a channel than its name and title', () => {
    expect(parseChannels(ann)).toEqual([ann]);
  });

  test('may have no channels', () => {
    expect(parseChannels()).toEqual([]);
  });

  test('has times brought into the stored form', () => {
    const [channel] = parseChannels({ ...ann, stream: { startedAt: '2026-02-28T10:00:00+02:00' } });
    expect(channel?.stream?.startedAt).toBe('2026-02-28T08:00:00.000Z');
  });

  test.each<[string, unknown]>([
    ['the whole file: Invalid input', []],
    ['channels: is missing', {}],
    ['users: there is no such field', { channels: [], users: [] }],
    ['channels[1].username: is missing', { channels: [ann, { title: 'x' }] }],
    ['channels[0].title: must not be empty', { channels: [{ ...ann, title: '  ' }] }],
    ['channels[0].username: must be 3 to 32 characters', { channels: [{ ...ann, username: 'a b c' }] }],
    ['channels[0].username: must be 3 to 32 characters', { channels: [{ ...ann, username: 'ab' }] }],
    ['channels[0].username: must not start with mock-', { channels: [{ ...ann, username: 'Mock-ann' }] }],
    ['channels[0].category: must have a letter or a digit', { channels: [{ ...ann, category: '!!' }] }],
    ['channels[0].followerCount: ', { channels: [{ ...ann, followerCount: 1.5 }] }],
    ['channels[0].isPartner: ', { channels: [{ ...ann, isPartner: 'yes' }] }],
    ['channels[0].colour: there is no such field', { channels: [{ ...ann, colour: 'red' }] }],
    ['channels[0].stream.tags: there is no such field', { channels: [{ ...ann, stream: { tags: [] } }] }],
    [
      'channels[0].stream.startedAt: must be an ISO 8601',
      { channels: [{ ...ann, stream: { startedAt: 'yesterday' } }] },
    ],
    [
      'channels[0].stream.startedAt: must be at least a minute ago',
      { channels: [{ ...ann, stream: { startedAt: '2026-03-01T12:00:00Z' } }] },
    ],
    [
      'channels[0].stream.startedAt: must be at least two minutes ago',
      { channels: [{ ...ann, stream: { isLive: false, startedAt: '2026-03-01T11:58:30Z' } }] },
    ],
    [
      'channels[0].stream.endedAt: must be at least a minute ago',
      { channels: [{ ...ann, stream: { endedAt: '2026-03-01T13:00:00Z' } }] },
    ],
    [
      'channels[0].stream.endedAt: must be at least a minute after startedAt',
      {
        channels: [
          { ...ann, stream: { startedAt: '2026-02-01T12:00:00Z', endedAt: '2026-02-01T12:00:59Z' } },
        ],
      },
    ],
    [
      'channels[0].stream.endedAt: a stream that is live has not ended',
      { channels: [{ ...ann, stream: { isLive: true, endedAt: '2026-02-01T12:00:00Z' } }] },
    ],
    [
      "channels[0].stream.title: a stream that is live has its channel's",
      { channels: [{ ...ann, stream: { title: 'x' } }] },
    ],
    [
      "channels[0].stream.category: a stream that is live has its channel's",
      { channels: [{ ...ann, stream: { category: 'x' } }] },
    ],
    [
      'channels[0].stream.chat[0].content: is missing',
      { channels: [{ ...ann, stream: { chat: [{ atSeconds: 1, username: 'x' }] } }] },
    ],
    [
      'channels[0].stream.chat[1].atSeconds: comes after the end',
      {
        channels: [
          {
            ...ann,
            stream: {
              startedAt: '2026-03-01T11:00:00Z',
              chat: [
                { atSeconds: 3600, username: 'x', content: 'x' },
                { atSeconds: 3601, username: 'x', content: 'x' },
              ],
            },
          },
        ],
      },
    ],
    [
      'channels[2].username: ANN is the name of channels[0] already',
      { channels: [ann, { ...ann, username: 'bob' }, { ...ann, username: 'ANN' }] },
    ],
  ])('is refused with its place: %s', (message, content) => {
    expect(() => parse(JSON.stringify(content))).toThrow(`JSON: my.json: ${message}`);
  });

  test('that is not JSON is refused with the line and the column', () => {
    expect(() => parse('{\n  "channels": [,]\n}')).toThrow('JSON: my.json:2:16: a value was expected');
    expect(() => parse('')).toThrow('JSON: my.json:1:1: the text ends too early');
  });
});

describe('the path of a seed file', () => {
  test('that is not there, or is a directory, is named', () => {
    expect(() => readSeedFile('no/such.json', now)).toThrow(
      'JSON: cannot read no/such.json: there is no such file',
    );
    expect(() => readSeedFile('seed', now)).toThrow('JSON: cannot read seed: it is a directory');
  });

  test('that is no text is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'seed-'));
    try {
      const path = join(folder, 'binary.json');
      writeFileSync(path, Buffer.from([0xff, 0xfe, 0x00]));
      expect(() => readSeedFile(path, now)).toThrow(`JSON: ${path} is not UTF-8 text`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
