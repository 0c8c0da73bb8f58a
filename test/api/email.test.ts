import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { codeLimits } from '../../model/emailCode.ts';
import { eventually } from '../e2e/eventually.ts';
import { type Member, useApi } from '../support/api.ts';
import { waitForMail } from '../support/mailbox.ts';
import { recordRequests } from '../support/requests.ts';

/** How long the answers to requests of a new password waited, in order. */
const waits: number[] = [];
/** Ends when the mail of a reset was given up, or was sent. */
const wait = (ms: number, signal?: AbortSignal) => {
  waits.push(ms);
  if (timeStands !== undefined && signal === undefined) return timeStands;
  return isImpatient ? Promise.resolve() : waitForMail(ms, signal);
};
let isImpatient = false;
/** Keeps the time of answers from passing. */
let timeStands: Promise<void> | undefined;
const api = useApi({ wait });
const withoutMail = useApi({ mailer: undefined });
afterEach(() => {
  api().mailbox.behave('accepts');
  isImpatient = false;
});

interface Sent {
  readonly method?: string;
  readonly body?: unknown;
  readonly token?: string;
  readonly address?: string;
}

async function send(path: string, { method = 'POST', body, token, address }: Sent = {}, to = api()) {
  const headers = {
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await to.request(path, init, address);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}

const newAddress = () => `${randomUUID()}@example.com`;
const change = (token: string, email: string) =>
  send('/v1/users/me/email', { method: 'PUT', token, body: { email } });
const confirm = (token: string, code: string) =>
  send('/v1/users/me/email/confirmation', { token, body: { code } });
const state = async (token: string) => (await send('/v1/users/me/email', { method: 'GET', token })).body;
const requestReset = (email: string, address?: string) =>
  send('/v1/password-resets', { body: { email }, ...(address === undefined ? {} : { address }) });
const reset = (resetId: string, code: string, password: string) =>
  send('/v1/password-resets/completion', { body: { resetId, code, password } });
const signIn = ({ username, password }: Pick<Member, 'username' | 'password'>) =>
  send('/v1/sessions', { body: { username, password } });
const refresh = (refreshToken: string) => send('/v1/sessions/refresh', { body: { refreshToken } });
const { codeFor, mailTo, mails } = {
  codeFor: (address: string) => api().mailbox.codeFor(address),
  mailTo: (address: string) => api().mailbox.mailTo(address),
  mails: () => api().mailbox.mails(),
};

/** A user with a verified address. */
async function withEmail(email = newAddress()): Promise<Member & { readonly email: string }> {
  const member = await api().signUp();
  expect((await change(member.accessToken, email)).status).toBe(202);
  expect((await confirm(member.accessToken, codeFor(email))).status).toBe(200);
  return { ...member, email };
}

const WRONG = [403, 'wrong-code'];
const outcome = ({ status, body }: Awaited<ReturnType<typeof send>>) => [status, body?.reason];

describe('an e-mail address', () => {
  test('belongs to its user after the code was entered, in any form, and only the user sees it', async () => {
    const member = await api().signUp();
    const email = newAddress();
    const token = member.accessToken;
    expect(await state(token)).toEqual({ email: null, pending: null });
    const expiresAt = new Date(api().clock.now().getTime() + codeLimits.seconds * 1000).toISOString();
    expect((await change(token, email)).body).toEqual({ email, expiresAt });
    expect(await state(token)).toEqual({ email: null, pending: { email, expiresAt } });
    const code = ` ${codeFor(email).toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')}`;
    expect((await confirm(token, code)).body).toEqual({ email, pending: null });
    expect(await state(token)).toEqual({ email, pending: null });
    const shown = await send(`/v1/users/${member.userId}`, { method: 'GET' });
    const channel = await send(`/v1/channels/${member.username}`, { method: 'GET' });
    expect(JSON.stringify([shown.body, channel.body])).not.toContain(email);
    // It worked once.
    expect(outcome(await confirm(token, codeFor(email)))).toEqual(WRONG);
  });

  test('is unique among verified ones, also if two users verify it at the same time', async () => {
    const email = newAddress();
    const members = await Promise.all([api().signUp(), api().signUp(), api().signUp()]);
    const codes: string[] = [];
    for (const { accessToken } of members) {
      // The answer does not tell that others want it.
      expect((await change(accessToken, email)).status).toBe(202);
      codes.push(codeFor(email));
    }
    const answers = await Promise.all(
      members.map(({ accessToken }, n) => confirm(accessToken, codes[n] ?? '')),
    );
    expect(answers.map(outcome).sort()).toEqual([
      [200, undefined],
      [409, 'email-taken'],
      [409, 'email-taken'],
    ]);
    const owner = answers.findIndex(({ status }) => status === 200);
    for (const [n, { accessToken }] of members.entries())
      expect((await state(accessToken)).email).toBe(n === owner ? email : null);
    // In another case it is the same address. When its user gives it up, another one can have it.
    const [other = '', own = ''] = [members.at(owner - 1)?.accessToken, members[owner]?.accessToken];
    expect((await send('/v1/users/me/email', { method: 'DELETE', token: own })).status).toBe(204);
    expect(await state(own)).toEqual({ email: null, pending: null });
    expect((await confirm(other, codes.at(owner - 1) ?? '')).status).toBe(200);
  });

  test('needs the password, a sign-in that has not ended, and the newest code of its user', async () => {
    const [member, other] = [await api().signUp(), await api().signUp()];
    const [email, second] = [newAddress(), newAddress()];
    await change(member.accessToken, email);
    const first = codeFor(email);
    expect(outcome(await confirm(other.accessToken, first))).toEqual(WRONG);
    await change(member.accessToken, second);
    expect(outcome(await confirm(member.accessToken, first))).toEqual(WRONG);
    api().clock.advance(6 * 60_000);
    expect(outcome(await change(member.accessToken, second))).toEqual([403, 'step-up-required']);
    const gone = await send('/v1/users/me/email', { method: 'DELETE', token: member.accessToken });
    expect(outcome(gone)).toEqual([403, 'step-up-required']);
    // The code itself needs no new proof.
    await send('/v1/sessions', { method: 'DELETE', token: member.accessToken });
    expect((await confirm(member.accessToken, codeFor(second))).status).toBe(401);
    const again = (await signIn(member)).body;
    expect((await confirm(again.accessToken, codeFor(second))).status).toBe(200);
  });

  test('is not verified by a code from before a new password, after 30 minutes, or after five wrong codes', async () => {
    const member = await api().signUp();
    const email = newAddress();
    const password = 'battery staple horse';
    await change(member.accessToken, email);
    const body = { password, currentPassword: member.password };
    await send('/v1/users/me', { method: 'PATCH', token: member.accessToken, body });
    expect(outcome(await confirm(member.accessToken, codeFor(email)))).toEqual(WRONG);
    expect(await state(member.accessToken)).toEqual({ email: null, pending: null });

    await change(member.accessToken, email);
    for (let n = 0; n < codeLimits.tries; n++)
      expect(outcome(await confirm(member.accessToken, '0000-0000-0000'))).toEqual(WRONG);
    expect(outcome(await confirm(member.accessToken, codeFor(email)))).toEqual(WRONG);

    await change(member.accessToken, email);
    api().clock.advance(codeLimits.seconds * 1000);
    const { accessToken } = (await signIn({ ...member, password })).body;
    expect(outcome(await confirm(accessToken, codeFor(email)))).toEqual(WRONG);
    expect(await state(accessToken)).toEqual({ email: null, pending: null });
  });

  test('changes only after the old one was told, without the new one and without a code', async () => {
    const member = await withEmail();
    const next = newAddress();
    await change(member.accessToken, next);
    expect(mails().some(({ to, subject }) => to === member.email && subject.includes('being changed'))).toBe(
      false,
    );
    api().mailbox.behave('refuses');
    expect(outcome(await confirm(member.accessToken, codeFor(next)))).toEqual([
      503,
      'dependency-unavailable',
    ]);
    expect((await state(member.accessToken)).email).toBe(member.email);
    api().mailbox.behave('accepts');
    expect((await confirm(member.accessToken, codeFor(next))).status).toBe(200);
    const notice = mailTo(member.email);
    expect(notice.subject).toBe('Your e-mail address is being changed');
    expect(notice.text).toContain(`${next.charAt(0)}…@example.com`);
    expect(notice.text).not.toContain(next);
    // The old one is free again.
    const other = await api().signUp();
    await change(other.accessToken, member.email);
    expect((await confirm(other.accessToken, codeFor(member.email))).status).toBe(200);
  });

  test('gets three codes an hour for one user, and a refused mail is no success', async () => {
    const member = await api().signUp();
    api().mailbox.behave('refuses');
    const email = newAddress();
    expect(outcome(await change(member.accessToken, email))).toEqual([503, 'dependency-unavailable']);
    api().mailbox.behave('accepts');
    for (let n = 0; n < 2; n++) expect((await change(member.accessToken, email)).status).toBe(202);
    expect(outcome(await change(member.accessToken, email))).toEqual([429, 'rate-limit']);
  });

  test('goes with its account', async () => {
    const member = await withEmail();
    await change(member.accessToken, newAddress());
    await send('/v1/users/me', { method: 'DELETE', token: member.accessToken });
    const { client, names } = api().database;
    for (const [TableName, Key] of [
      [names.emailAddresses, { emailKey: member.email }],
      [names.emailCodes, { id: `email#${member.userId}` }],
    ] as const)
      expect((await client.send(new GetCommand({ TableName, Key }))).Item).toBeUndefined();
  });

  test.each([
    'ann',
    'ann@localhost',
    'ann@example.com\nBcc: bob@example.com',
    'ä@example.com',
    `${'a'.repeat(250)}@example.com`,
  ])('cannot be %j', async email => {
    const { status, body } = await requestReset(email);
    expect([status, body.errors[0].field]).toEqual([422, 'email']);
  });
});

describe('a new password with a code', () => {
  const password = 'a new long password';

  test('ends all sign-ins, sends a notice, signs in, and works once', async () => {
    const member = await withEmail();
    const other = (await signIn(member)).body;
    const requested = await requestReset(member.email.toUpperCase());
    expect(requested.status).toBe(202);
    const { resetId } = requested.body;
    const code = codeFor(member.email);
    // A password that is refused leaves the code as it is.
    expect((await reset(resetId, code, `my ${member.username}`)).body.errors[0].field).toBe('password');
    const done = await reset(resetId, code, password);
    expect(done).toMatchObject({ status: 200, body: { user: { id: member.userId } } });
    for (const { refreshToken } of [member, other]) expect((await refresh(refreshToken)).status).toBe(401);
    expect(
      (await send('/v1/users/me/sessions', { method: 'GET', token: done.body.accessToken })).body.items,
    ).toHaveLength(1);
    expect((await signIn(member)).status).toBe(401);
    expect((await signIn({ ...member, password })).status).toBe(200);
    expect(mailTo(member.email).subject).toBe('Your password is being changed');
    expect(outcome(await reset(resetId, code, 'yet another password'))).toEqual(WRONG);
  });

  test('works after others have locked the account with wrong passwords', async () => {
    const member = await withEmail();
    const { resetId } = (await requestReset(member.email)).body;
    const address = '203.0.113.9';
    for (let n = 0; n < 6; n++)
      await send('/v1/sessions', { body: { username: member.username, password: 'a wrong one' }, address });
    expect((await reset(resetId, codeFor(member.email), password)).status).toBe(200);
  });

  test('of two requests at the same time with one code, one is accepted', async () => {
    const member = await withEmail();
    const { resetId } = (await requestReset(member.email)).body;
    const code = codeFor(member.email);
    const answers = await Promise.all([1, 2, 3].map(n => reset(resetId, code, `${password} ${n}`)));
    expect(answers.map(outcome).sort()).toEqual([[200, undefined], WRONG, WRONG]);
  });

  test('compares five codes, however many come at the same time, and those of others use up none', async () => {
    const member = await withEmail();
    const mine = (await requestReset(member.email)).body.resetId;
    const code = codeFor(member.email);
    const theirs = (await requestReset(member.email)).body.resetId;
    // The code of another request.
    expect(outcome(await reset(theirs, code, password))).toEqual(WRONG);
    const guesses = Array.from({ length: 8 }, (_, n) => reset(theirs, `0000-0000-000${n}`, password));
    for (const answer of await Promise.all(guesses)) expect(outcome(answer)).toEqual(WRONG);
    expect(outcome(await reset(theirs, codeFor(member.email), password))).toEqual(WRONG);
    expect((await reset(mine, code, password)).status).toBe(200);
  });

  test('does not work after 30 minutes, after another new password, or for an address that was given up', async () => {
    const late = await withEmail();
    const requested = (await requestReset(late.email)).body;
    api().clock.advance(codeLimits.seconds * 1000);
    expect(outcome(await reset(requested.resetId, codeFor(late.email), password))).toEqual(WRONG);

    const changed = await withEmail();
    const before = (await requestReset(changed.email)).body;
    const body = { password: 'changed by the owner', currentPassword: changed.password };
    await send('/v1/users/me', { method: 'PATCH', token: changed.accessToken, body });
    expect(outcome(await reset(before.resetId, codeFor(changed.email), password))).toEqual(WRONG);

    const given = await withEmail();
    const open = (await requestReset(given.email)).body;
    const code = codeFor(given.email);
    await send('/v1/users/me/email', { method: 'DELETE', token: given.accessToken });
    expect(outcome(await reset(open.resetId, code, password))).toEqual(WRONG);
  });

  test('needs the notice: if SES does not accept it, nothing changes and the code still works', async () => {
    const member = await withEmail();
    const { resetId } = (await requestReset(member.email)).body;
    const code = codeFor(member.email);
    api().mailbox.behave('refuses');
    expect(outcome(await reset(resetId, code, password))).toEqual([503, 'dependency-unavailable']);
    expect((await refresh(member.refreshToken)).status).toBe(200);
    api().mailbox.behave('accepts');
    expect((await reset(resetId, code, password)).status).toBe(200);
  });
});

describe('the request of a new password does not tell whether an account has the address', () => {
  let count: () => string[];
  beforeAll(() => {
    count = recordRequests(api().database.client);
  });

  /** What one can observe of a request: the answer, its waits, and what it asks of the database. */
  async function observe(email: string, address?: string) {
    waits.length = 0;
    count();
    const { status, headers, body } = await requestReset(email, address);
    const named = [...headers].filter(([name]) => name !== 'x-request-id');
    expect(body).toEqual({ resetId: expect.stringMatching(/^[\w-]{22}$/) });
    return { status, headers: named, requests: count(), answeredAfter: waits[0] };
  }

  test('by its answer, its database requests, or the time of the answer', async () => {
    const member = await withEmail();
    const known = await observe(member.email);
    expect(known.answeredAfter).toBe(3_000);
    expect(await observe(newAddress())).toEqual(known);
    // SES is slow, or refuses the mail.
    api().mailbox.behave('hangs');
    isImpatient = true;
    expect(await observe(member.email)).toEqual(known);
    isImpatient = false;
    api().mailbox.behave('refuses');
    expect(await observe(member.email)).toEqual(known);
    const warnings = api().logs.filter(({ message }) => message.includes('the mail of a password reset'));
    expect(warnings).toHaveLength(2);
    expect(JSON.stringify(warnings)).not.toContain(member.email);
    // Too many mails: the fourth from this network in the hour, and the first one that is not sent.
    api().mailbox.behave('accepts');
    const address = '203.0.113.50';
    const sent = () => mails().filter(({ to }) => to === member.email).length;
    for (let n = 0; n < 3; n++) await requestReset(member.email, address);
    const before = sent();
    expect(await observe(member.email, address)).toEqual(known);
    expect(sent()).toBe(before);
    // From another network the owner still gets one.
    expect(await observe(member.email)).toEqual(known);
    expect(sent()).toBe(before + 1);
  });

  test('because no answer is given before its time, also when nothing is left to do', async () => {
    const member = await withEmail();
    let pass = () => {};
    timeStands = new Promise(resolve => {
      pass = resolve;
    });
    const answered: string[] = [];
    count();
    const requests: string[] = [];
    const ask = async (email: string) => {
      const { status } = await requestReset(email);
      answered.push(email);
      return status;
    };
    const before = mails().length;
    const unknown = newAddress();
    const answers = [ask(member.email), ask(unknown)];
    // The codes are written and the mail is sent: nothing more happens.
    const written = async () => {
      requests.push(...count());
      return requests.filter(name => name === 'PutItem').length;
    };
    await eventually(written, codes => codes === 2);
    await eventually(
      async () => mails().length,
      length => length > before,
    );
    expect(answered).toEqual([]);
    pass();
    timeStands = undefined;
    expect(await Promise.all(answers)).toEqual([202, 202]);
  });

  test('by a code that is entered: the same answer after the same work', async () => {
    const member = await withEmail();
    const known = (await requestReset(member.email)).body.resetId;
    const unknown = (await requestReset(newAddress())).body.resetId;
    const observed = [];
    for (const id of [known, unknown, 'a'.repeat(22)]) {
      count();
      const { status, body } = await reset(id, '0000-0000-0000', 'a new long password');
      observed.push({ status, detail: body.detail, requests: count() });
    }
    expect(observed[1]).toEqual(observed[0]);
    expect(observed[2]).toEqual(observed[0]);
  });

  test('a network can request twenty in an hour', async () => {
    const statuses = [];
    for (let n = 0; n < 21; n++) statuses.push((await requestReset(newAddress(), '203.0.113.51')).status);
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 202), 429]);
  });
});

test('no mail has a password, a token, or a code of another mail, and nothing else has a code', async () => {
  const codes = mails().map(({ text }) => /^ {4}(\S+)$/m.exec(text)?.[1]);
  for (const [n, { text, to, from }] of mails().entries()) {
    expect([text, to].join()).not.toMatch(/eyJ|[\w-]{22}\.[\w-]{43}|correct horse|a new long password/);
    expect(from).toBe('Live <live@test.example>');
    for (const [other, code] of codes.entries())
      if (code !== undefined && other !== n) expect(text).not.toContain(code);
  }
  const { client, names } = api().database;
  const rows = await Promise.all(
    Object.values(names).map(async TableName => (await client.send(new ScanCommand({ TableName }))).Items),
  );
  const elsewhere = inspect([rows, api().logs, api().answers], {
    depth: 20,
    maxStringLength: null,
    maxArrayLength: null,
  });
  expect(codes.filter(code => code !== undefined && elsewhere.includes(code))).toEqual([]);
});

test('a platform that sends no mail says so on each of these routes', async () => {
  const member = await withoutMail().signUp();
  const token = member.accessToken;
  const sent: readonly (readonly [string, Sent])[] = [
    ['/v1/users/me/email', { method: 'GET', token }],
    ['/v1/users/me/email', { method: 'PUT', token, body: { email: newAddress() } }],
    ['/v1/users/me/email', { method: 'DELETE', token }],
    ['/v1/users/me/email/confirmation', { token, body: { code: 'x' } }],
    ['/v1/password-resets', { body: { email: newAddress() } }],
    [
      '/v1/password-resets/completion',
      { body: { resetId: 'a'.repeat(22), code: 'x', password: 'a long password' } },
    ],
  ];
  for (const [path, request] of sent)
    expect([path, ...outcome(await send(path, request, withoutMail()))]).toEqual([
      path,
      409,
      'mail-not-set-up',
    ]);
});
