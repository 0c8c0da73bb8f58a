import { describe, expect, test } from '@jest/globals';
import { BANNED_REASON, messageReviewer, UNREAD_REASON } from '../../lambdas/chatReview/review.ts';
import type { RoomRules } from '../../store/roomRules.ts';

const now = new Date('2026-01-15T10:00:00.000Z');

const reviewerOf = (rules: Partial<RoomRules> = {}) =>
  messageReviewer({
    fallback: 'DENY',
    rules: async id => {
      if (id !== 'room') throw new Error(`asked for the rules of ${id}`);
      return { blockedTerms: [], bans: [], ...rules };
    },
    clock: () => now,
  });

const message = (content: string, userId = 'user-ann') => ({
  Content: content,
  MessageId: 'WhO6MW6iRdS5',
  RoomArn: 'arn:aws:ivschat:us-west-2:000000000000:room/room',
  Attributes: { color: 'red' },
  Sender: { UserId: userId, Ip: '203.0.113.7', Attributes: { username: 'ann' } },
});

describe('the review of a message', () => {
  test('passes it unchanged, with its attributes', async () => {
    expect(await reviewerOf()(message('hello'))).toEqual({
      ReviewResult: 'ALLOW',
      Content: 'hello',
      Attributes: { color: 'red' },
    });
  });

  test("masks profane words and the owner's blocked terms", async () => {
    const review = reviewerOf({ blockedTerms: ['spoiler'] });
    expect((await review(message('what the fuck, a SP0ILER'))).Content).toBe('what the ****, a *******');
  });

  test('keeps a lone surrogate', async () => {
    expect((await reviewerOf()(message('\ud800 fuck \udc00'))).Content).toBe('\ud800 **** \udc00');
  });

  test('refuses a message of a banned user, with the reason', async () => {
    const review = reviewerOf({ bans: [{ userId: 'user-bob' }, { userId: 'user-ann' }] });
    expect(await review(message('hello'))).toEqual({
      ReviewResult: 'DENY',
      Content: 'hello',
      Attributes: { Reason: BANNED_REASON },
    });
    expect((await review(message('hello', 'user-cleo'))).ReviewResult).toBe('ALLOW');
  });

  test('refuses messages until the end of a timed ban, and not after', async () => {
    const until = (at: string) => reviewerOf({ bans: [{ userId: 'user-ann', until: at }] })(message('hello'));
    expect((await until('2026-01-15T10:00:00.001Z')).ReviewResult).toBe('DENY');
    expect((await until('2026-01-15T10:00:00.000Z')).ReviewResult).toBe('ALLOW');
  });

  test('uses changed terms from the next read of the rules on', async () => {
    let rules: RoomRules = { blockedTerms: ['apple'], bans: [] };
    const review = messageReviewer({ fallback: 'DENY', rules: async () => rules, clock: () => now });
    expect((await review(message('apple pear'))).Content).toBe('***** pear');
    rules = { blockedTerms: ['pear'], bans: [] };
    expect((await review(message('apple pear'))).Content).toBe('apple ****');
  });

  test('masks the values of attributes too, because the sender chooses them', async () => {
    const review = reviewerOf({ blockedTerms: ['spoiler'] });
    const Attributes = { color: 'red', replyTo: 'a SPOILER', '': 'spoilers', 'the spoiler': 'x' };
    expect(await review({ ...message('hello'), Attributes })).toEqual({
      ReviewResult: 'ALLOW',
      Content: 'hello',
      // An attribute whose name would be masked is left out, because two masked names could be equal.
      Attributes: { color: 'red', replyTo: 'a *******', '': 'spoilers' },
    });
  });

  test('leaves the attributes of a profile as they are', async () => {
    const Attributes = { username: 'ann', displayName: 'Ann Lee', color: '#ff8800', role: 'user' };
    const answer = await reviewerOf({ blockedTerms: ['spoiler'] })({ ...message('hello'), Attributes });
    expect(answer).toEqual({ ReviewResult: 'ALLOW', Content: 'hello', Attributes });
  });

  test('makes no attribute longer', async () => {
    const review = reviewerOf({ blockedTerms: ['конец', '終'] });
    const Attributes = { a: 'конец конец', b: '終'.repeat(300) };
    const answer = await review({ ...message('hello'), Attributes });
    expect(Buffer.byteLength(JSON.stringify(answer.Attributes))).toBeLessThan(
      Buffer.byteLength(JSON.stringify(Attributes)),
    );
    expect(answer.Attributes).toEqual({ a: '***** *****', b: '*'.repeat(300) });
  });

  test.each([
    ['DENY', { ReviewResult: 'DENY', Content: 'apple', Attributes: { Reason: UNREAD_REASON } }],
    ['ALLOW', { ReviewResult: 'ALLOW', Content: 'apple', Attributes: { color: 'red' } }],
  ] as const)('uses the fallback %s for a message whose rules cannot be read', async (fallback, answer) => {
    let refused = 0;
    const review = messageReviewer({
      fallback,
      rules: async () => undefined,
      clock: () => now,
      onUnread: () => refused++,
    });
    expect(await review(message('apple'))).toEqual(answer);
    expect(refused).toBe(fallback === 'DENY' ? 1 : 0);
  });

  test('passes a message without attributes', async () => {
    const { Attributes: _, ...bare } = message('hello');
    expect(await reviewerOf()(bare)).toEqual({ ReviewResult: 'ALLOW', Content: 'hello', Attributes: {} });
  });
});

describe('an invalid event', () => {
  test.each([
    ['nothing', undefined],
    ['no sender', { ...message('secret'), Sender: undefined }],
    ['no user', { ...message('secret'), Sender: { Attributes: {} } }],
    ['content that is not a string', { ...message('secret'), Content: { text: 'secret' } }],
    ["a channel's ARN", { ...message('secret'), RoomArn: 'arn:aws:ivs:us-west-2:000000000000:channel/a' }],
    ['an attribute that is not a string', { ...message('secret'), Attributes: { secret: 1 } }],
  ])(
    'with %s is an error without any of its content, so that IVS uses the fallback of the room',
    async (_, event) => {
      const error = await reviewerOf()(event).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(Error);
      expect(String(error)).not.toContain('secret');
    },
  );
});
