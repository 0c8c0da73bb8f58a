import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseSeedFile, readSeedFile } from '../../seed/seedFile.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'seed-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(content: string | Buffer): string {
  const path = join(folder, 'file.json');
  writeFileSync(path, content);
  return path;
}

const now = new Date('2026-03-01T12:00:00Z');
const parse = (text: string) => parseSeedFile(text, 'my.json', now);
const parseChannels = (...channels: unknown[]) => parse(JSON.stringify({ channels }));
const ann = { username: 'ann', title: 'Hello' };

describe('the example seed file', () => {
  const text = readFileSync('seed.example.json', 'utf8');

  test('is valid', () => {
    expect(parse(text)).toHaveLength(3);
  });

  test('has every field that a seed file may have', () => {
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
  test('needs only a name and a title for a channel', () => {
    expect(parseChannels(ann)).toEqual([ann]);
  });

  test('may have no channels', () => {
    expect(parseChannels()).toEqual([]);
  });

  test('has its times converted to the stored format', () => {
    const [channel] = parseChannels({ ...ann, stream: { startedAt: '2026-02-28T10:00:00+02:00' } });
    expect(channel?.stream?.startedAt).toBe('2026-02-28T08:00:00.000Z');
  });

  test.each<[string, unknown]>([
    ['the whole file: Invalid input', []],
    ['channels: is missing', {}],
    ['users: there is no such field', { channels: [], users: [] }],
    ['channels[1].username: is missing', { channels: [ann, { title: 'x' }] }],
    ['channels[0].title: must not be empty', { channels: [{ ...ann, title: '  ' }] }],
    [
      'channels[0].username: must be 3 to 32 letters, digits, _ or -',
      { channels: [{ ...ann, username: 'a b c' }] },
    ],
    [
      'channels[0].username: must be 3 to 32 letters, digits, _ or -',
      { channels: [{ ...ann, username: 'ab' }] },
    ],
    ['channels[0].username: must not start with mock-', { channels: [{ ...ann, username: 'Mock-ann' }] }],
    ['channels[0].category: must have a letter or a digit', { channels: [{ ...ann, category: '!!' }] }],
    ['channels[0].followerCount: ', { channels: [{ ...ann, followerCount: 1.5 }] }],
    ['channels[0].isPartner: ', { channels: [{ ...ann, isPartner: 'yes' }] }],
    ['channels[0].color: there is no such field', { channels: [{ ...ann, color: 'red' }] }],
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
      'channels[0].stream.endedAt: a live stream must not have an end',
      { channels: [{ ...ann, stream: { isLive: true, endedAt: '2026-02-01T12:00:00Z' } }] },
    ],
    [
      'channels[0].stream.title: a live stream must not have its own title',
      { channels: [{ ...ann, stream: { title: 'x' } }] },
    ],
    [
      'channels[0].stream.category: a live stream must not have its own category',
      { channels: [{ ...ann, stream: { category: 'x' } }] },
    ],
    [
      'channels[0].stream.chat[0].content: is missing',
      { channels: [{ ...ann, stream: { chat: [{ atSeconds: 1, username: 'x' }] } }] },
    ],
    [
      'channels[0].stream.chat[1].atSeconds: must not be after the end',
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
      'channels[2].username: ANN is already the name of channels[0]',
      { channels: [ann, { ...ann, username: 'bob' }, { ...ann, username: 'ANN' }] },
    ],
  ])('is refused with the place of the error: %s', (message, content) => {
    expect(() => parse(JSON.stringify(content))).toThrow(`JSON: my.json: ${message}`);
  });

  test.each<[string, unknown]>([
    ['channels[0].title: must be well-formed Unicode', { ...ann, title: 'x\ud800' }],
    ['channels[0].title: must be one line', { ...ann, title: 'a\u2028b' }],
    ['channels[0].title: must not have characters that change the direction', { ...ann, title: 'a\u202eb' }],
    ['channels[0].title: must have a visible character', { ...ann, title: '\u200b' }],
    ['channels[0].category: must have at most 100 characters', { ...ann, category: 'x'.repeat(101) }],
    ['channels[0].username: is reserved', { ...ann, username: 'Admin' }],
    [
      'channels[0].stream.title: must be well-formed',
      { ...ann, stream: { isLive: false, title: 'a\ud800b' } },
    ],
    [
      'channels[0].stream.chat[0].content: must be well-formed',
      { ...ann, stream: { chat: [{ atSeconds: 1, username: 'x', content: '\udfff' }] } },
    ],
    [
      'channels[0].stream.chat[0].username: must be well-formed',
      { ...ann, stream: { chat: [{ atSeconds: 1, username: '\udfff', content: 'x' }] } },
    ],
    [
      'channels[0].stream.chat[0].atSeconds: must be at most 2592000',
      { ...ann, stream: { chat: [{ atSeconds: 1e15, username: 'x', content: 'x' }] } },
    ],
    [
      'channels[0].stream.startedAt: must be in the year 2000 or later',
      { ...ann, stream: { startedAt: '0001-01-01T00:00:00Z' } },
    ],
    ['channels[0]["a\\n\\ud800"]: there is no such field', { ...ann, 'a\n\ud800': 1 }],
  ])('has the same rules for text and times as the API: %s', (message, channel) => {
    expect(() => parseChannels(channel)).toThrow(`JSON: my.json: ${message}`);
  });

  test('has its texts normalized', () => {
    expect(parseChannels({ ...ann, title: '  Cafe\u0301 ' })).toEqual([{ ...ann, title: 'Caf\u00e9' }]);
  });

  test.each<[string, string, string]>([
    ['lists that are not closed', '['.repeat(100_000), ':1:100001: the text ends too early'],
    ['lists', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, ': the whole file: '],
    ['objects', '{"channels":'.repeat(100_000), ':1:1200001: the text ends too early'],
    ['lists in a channel', `{"channels":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, ': channels[0]: '],
  ])('with 100,000 nested %s is refused in one line', (_, text, message) => {
    expect(() => parse(text)).toThrow(`JSON: my.json${message}`);
  });

  test('with a string of a million escapes, or a million wrong channels, is refused at the first error', () => {
    expect(() => parse(`{"channels": "${'\\u0041'.repeat(1_000_000)}"}`)).toThrow('channels: Invalid input');
    expect(() => parse(`{"channels": [${'1,'.repeat(1_000_000)}1]}`)).toThrow('channels[0]: Invalid input');
    expect(() => parseChannels({ ...ann, title: 'x'.repeat(1_000_000) })).toThrow('channels[0].title: must');
  });

  test('that is not JSON is refused with the line and the column', () => {
    expect(() => parse('{\n  "channels": [,]\n}')).toThrow('JSON: my.json:2:16: a value was expected');
    expect(() => parse('')).toThrow('JSON: my.json:1:1: the text ends too early');
  });
});

describe('the path of a seed file', () => {
  test('is in the error if there is no such file, or it is a directory', () => {
    expect(() => readSeedFile('no/such.json', now)).toThrow(
      'JSON: cannot read no/such.json: there is no such file',
    );
    expect(() => readSeedFile('seed', now)).toThrow('JSON: cannot read seed: it is a directory');
  });

  const text = '{"channels":[{"username":"bomchan1","title":"Hello"}]}';
  const latin1 = '{"channels": [\n  {"username": "ann",\n   "title": "Caf\u00e9 \u00e0"}]}';
  const withLoneSurrogate = Buffer.concat([
    Buffer.from('{"channels":[{"username":"ann","title":"h\u00e9'),
    Buffer.from([0xed, 0xa0, 0x80]),
    Buffer.from('"}]}'),
  ]);

  test('may be that of a file with a byte order mark', () => {
    expect(readSeedFile(fileOf(`\ufeff${text}`), now)).toEqual([{ username: 'bomchan1', title: 'Hello' }]);
    expect(() => readSeedFile(fileOf('\ufeff{]'), now)).toThrow(':1:2: a name in double quotes was expected');
  });

  test.each<[string, Buffer, string]>([
    ['UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le'), ' is UTF-16 text: save it as UTF-8'],
    ['UTF-16, big-endian', Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), ' is UTF-16 text'],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le'), ' is UTF-16 text'],
    ['Latin-1', Buffer.from(latin1, 'latin1'), ':3:17: the byte 0xe9 is not UTF-8: save the file as UTF-8'],
    ['UTF-8 with half of a surrogate pair', withLoneSurrogate, ':1:43: the byte 0xed is not UTF-8'],
    ['cut off in the middle of a character', Buffer.from(`["\u20ac`).subarray(0, 4), ':1:3: the byte 0xe2'],
  ])('is in the error, with the position, when the file is %s', (_, bytes, message) => {
    const path = fileOf(bytes);
    expect(() => readSeedFile(path, now)).toThrow(`JSON: ${path}${message}`);
  });

  test('is refused if it is a device or a pipe, because reading might never end', () => {
    expect(() => readSeedFile('/dev/zero', now)).toThrow(
      'JSON: cannot read /dev/zero: it is not a regular file',
    );
  });
});
