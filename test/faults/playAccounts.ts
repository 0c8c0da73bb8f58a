import { randomUUID } from 'node:crypto';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { chatArchiver } from '../../lambdas/chatArchive/archive.ts';
import { guessLimits } from '../../model/rateLimit.ts';
import type { TableName } from '../../model/tables.ts';
import { addMs, type Timestamp, toTimestamp } from '../../model/time.ts';
import type { User } from '../../model/user.ts';
import { NAME_HOLD_MS } from '../../model/username.ts';
import { getChannel } from '../../store/channels.ts';
import { getName, newNameOf, userIdNamed } from '../../store/usernames.ts';
import { getUser } from '../../store/users.ts';
import { messageLine, roomBatch } from '../support/chatLogs.ts';
import { second, stateEvent } from '../support/ivsEvents.ts';
import { randomNumbers } from '../support/randomNumbers.ts';
import type { AccountHistory, AccountStep } from './accountHistory.ts';
import { inLife } from './lives.ts';
import { type Answer, type Sent, signUpBody } from './people.ts';
import type { ApiScene } from './playApi.ts';
import { drawnSchedule } from './schedule.ts';
import { KilledError, noFaults, type Trouble } from './trouble.ts';

const signedIn = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  user: z.object({ id: z.string() }),
});

/** One of the two accounts of a history. */
interface Account {
  readonly userId: string;
  /** The possible passwords. More than one if the answer to a change was lost. */
  passwords: string[];
  accessToken: string;
  /** The refresh tokens of this device and of another one. */
  refreshToken: string;
  otherDevice: string;
}

export interface AccountScene extends ApiScene {
  /** The ARNs of a user's IVS resources. */
  readonly resourcesOf: (userId: string) => readonly string[];
  readonly clock: () => Date;
}

// One channel, one room and one stage.
const RESOURCES_OF_A_USER = 3;
const LATER_SECONDS = guessLimits.lockSeconds + 1;
const TRIES = 8;

/** Plays a history of accounts. Returns every violation. */
export async function playAccounts(scene: AccountScene, history: AccountHistory): Promise<string[]> {
  const play = new AccountPlay(scene, history);
  await play.begin();
  for (const round of history.rounds) {
    if (play.violations.size > 0) break;
    await play.round(round);
  }
  return [...play.violations];
}

class AccountPlay {
  readonly violations = new Set<string>();
  readonly #scene: AccountScene;
  readonly #trouble: Trouble;
  readonly #withoutFaults: Trouble;
  readonly #hasNoFaults: boolean;
  readonly #base: string;
  readonly #accounts: (Account | undefined)[] = [];
  readonly #userIds = new Set<string>();
  /** The session of each channel that went live. */
  readonly #streams = new Map<string, string>();
  /** The names that users had or wanted. */
  readonly #names = new Set<string>();
  /** Who had or has each name, and until when nobody else may have it. */
  readonly #keepers = new Map<string, { readonly userId: string; readonly until: Timestamp }>();
  #made = 0;

  constructor(scene: AccountScene, { chances, seed }: AccountHistory) {
    this.#scene = scene;
    const schedule = drawnSchedule(randomNumbers(seed + 1));
    this.#trouble = { chances, random: randomNumbers(seed), met: scene.met, schedule };
    this.#withoutFaults = { chances: noFaults, random: () => 1, met: scene.met };
    this.#hasNoFaults = Object.values(chances).every(chance => chance === 0);
    this.#base = scene.newUsername();
    for (const letter of ['x', 'y']) this.#names.add(`${this.#base}${letter}`);
  }

  /** Two people sign up, and sign in on a second device. */
  async begin(): Promise<void> {
    await this.#fill();
    await this.#signInAgain();
  }

  /** Replaces deleted accounts by new ones. */
  async #fill(): Promise<void> {
    for (const who of [0, 1]) {
      if (this.#accounts[who] !== undefined) continue;
      // The letter separates the base from the number, because other bases are the base plus a number.
      const username = `${this.#base}u${++this.#made}`;
      this.#names.add(username);
      const { password } = signUpBody(username);
      const sent = { method: 'POST', path: '/v1/users', body: { username, password } };
      const first = await this.#untilDone(sent, [201]);
      const { user, accessToken, refreshToken } = signedIn.parse(JSON.parse(first.text));
      this.#userIds.add(user.id);
      this.#accounts[who] = {
        userId: user.id,
        passwords: [password],
        accessToken,
        refreshToken,
        otherDevice: '',
      };
    }
  }

  async round(steps: readonly AccountStep[]): Promise<void> {
    const before = await this.#usersNow();
    const used = new Set<string>();
    // An account runs one step of each kind at a time. Otherwise its password would not be known.
    const own = steps.filter(({ kind, who }) => {
      const id = `${kind === 'signUpTwice' ? 'signUp' : kind}${kind.startsWith('signUp') ? randomUUID() : who}`;
      if (used.has(id)) return false;
      // A guess at a name that was given up would not be a guess at this account's password.
      const isGivenUp = steps.some(
        other => other.who === who && ['rename', 'takeFormerName', 'delete'].includes(other.kind),
      );
      if (kind === 'guess' && isGivenUp) return false;
      used.add(id);
      return true;
    });
    await Promise.all(own.flatMap(step => this.#works(step, before).map(work => work())));
    for (const { kind, who } of own) if (kind === 'delete') await this.#deleteWhole(who, before[who]);
    for (const fault of await this.#impossible()) this.violations.add(fault);
    if (own.some(({ kind }) => kind === 'monthPasses')) this.#scene.forward(NAME_HOLD_MS / 1_000);
    if (this.violations.size === 0) await this.begin();
    this.#scene.forward(20);
  }

  /** The requests of one step, which run concurrently. */
  #works({ kind, who, name }: AccountStep, before: readonly (User | undefined)[]): (() => Promise<void>)[] {
    const account = this.#accounts[who];
    const [user, other] = [before[who], before[1 - who]];
    const wanted = `${this.#base}${name === 0 ? 'x' : 'y'}`;
    const post = (path: string, body: object) => ({ method: 'POST', path, body });
    const signUp = async (password: string) => {
      const answer = await this.#ask(post('/v1/users', { username: wanted, password }));
      if (answer?.status === 201) this.#userIds.add(signedIn.parse(JSON.parse(answer.text)).user.id);
    };
    switch (kind) {
      case 'signUp': {
        const password = `password of ${++this.#made}`;
        return [() => signUp(password)];
      }
      case 'monthPasses':
        // After the round.
        return [];
      case 'signUpTwice':
        return [() => signUp('password of both'), () => signUp('password of both')];
    }
    if (account === undefined || user === undefined) return [];
    const token = account.accessToken;
    const [password = ''] = account.passwords;
    const credentials = { username: user.username, password };
    const rename = (username: string) => async () => {
      await this.#ask({ method: 'PATCH', path: '/v1/users/me', token, body: { username } });
    };
    switch (kind) {
      case 'rename':
        return [rename(wanted)];
      case 'takeFormerName':
        return other?.formerNames?.slice(-1).map(({ usernameKey }) => rename(usernameKey)) ?? [];
      case 'changePassword':
        return [() => this.#changePassword(account)];
      case 'signIn':
        return [async () => void (await this.#ask(post('/v1/sessions', credentials)))];
      case 'signInByKey': {
        const sent = { ...post('/v1/sessions', credentials), idempotencyKey: randomUUID() };
        return this.#twice(sent, 'two sign-ins with one Idempotency-Key returned different refresh tokens');
      }
      case 'refreshTwice': {
        const sent = post('/v1/sessions/refresh', { refreshToken: account.refreshToken });
        return this.#twice(sent, 'two refreshes with one token returned different refresh tokens');
      }
      case 'signOut':
        return [
          async () => {
            const answer = await this.#ask({ method: 'DELETE', path: '/v1/sessions', token });
            if (answer?.status !== 204) return;
            this.#later.push(async () =>
              this.#mustBeOver(account.refreshToken, 'after a sign-out, the session'),
            );
          },
        ];
      case 'endOther':
      case 'endOthers':
        return [() => this.#endSignIns(account, kind)];
      case 'guess':
        return this.#guesses(user.username);
      case 'delete':
        return [async () => void (await this.#ask({ method: 'DELETE', path: '/v1/users/me', token }))];
      case 'follow': {
        const path = `/v1/channels/${other?.username}/follow`;
        return other === undefined
          ? []
          : [async () => void (await this.#ask({ method: 'PUT', path, token }))];
      }
      case 'ban': {
        const path = `/v1/channels/${user.username}/chat/bans/${other?.username}`;
        return other === undefined
          ? []
          : [async () => void (await this.#ask({ method: 'PUT', path, token, body: {} }))];
      }
      case 'invite': {
        const path = `/v1/stages/me/invitations/${other?.username}`;
        return other === undefined
          ? []
          : [async () => void (await this.#ask({ method: 'PUT', path, token }))];
      }
      case 'goLive':
        return [() => this.#goLive(user.channelId ?? '')];
      case 'chat':
        return [() => this.#chat(user.chatRoomId ?? '')];
    }
  }

  /** Checks to run at the end of the round. */
  #later: (() => Promise<void>)[] = [];

  #twice(sent: Sent, fault: string): (() => Promise<void>)[] {
    const texts = new Set<string>();
    const once = async () => {
      const answer = await this.#ask(sent);
      if (answer === undefined || answer.status >= 300) return;
      texts.add(signedIn.parse(JSON.parse(answer.text)).refreshToken);
      if (texts.size > 1) this.violations.add(fault);
    };
    return [once, once];
  }

  /** From one address, no more guesses may be checked than the number that locks it. */
  #guesses(username: string): (() => Promise<void>)[] {
    let wrong = 0;
    const body = { username, password: 'not the password' };
    return Array.from({ length: guessLimits.consecutive + 2 }, () => async () => {
      const answer = await this.#ask({ method: 'POST', path: '/v1/sessions', body, sourceIp: '192.0.2.1' });
      if (answer?.status === 401 && ++wrong > guessLimits.consecutive)
        this.violations.add(
          `${wrong} guesses of one password were checked, more than the ${guessLimits.consecutive} allowed`,
        );
    });
  }

  async #changePassword(account: Account): Promise<void> {
    const [current = ''] = account.passwords;
    const password = `password ${++this.#made} of ${account.userId}`;
    const body = { password, currentPassword: current };
    const { otherDevice, accessToken: token } = account;
    const answer = await this.#ask({ method: 'PATCH', path: '/v1/users/me', token, body });
    if (answer?.status === 200) {
      account.passwords = [password];
      this.#later.push(async () =>
        this.#mustBeOver(otherDevice, 'after a password change, the session of another device'),
      );
    } else if (answer === undefined || answer.retryAfter !== undefined || answer.status >= 500) {
      account.passwords = [current, password];
    }
  }

  async #endSignIns({ otherDevice, accessToken: token }: Account, kind: 'endOther' | 'endOthers') {
    const id = kind === 'endOther' ? `/${otherDevice.split('.')[0]}` : '';
    const answer = await this.#ask({ method: 'DELETE', path: `/v1/users/me/sessions${id}`, token });
    if (answer?.status !== 204) return;
    this.#later.push(async () =>
      this.#mustBeOver(otherDevice, 'after it was ended, the session of another device'),
    );
  }

  async #mustBeOver(refreshToken: string, what: string): Promise<void> {
    const sent = { method: 'POST', path: '/v1/sessions/refresh', body: { refreshToken } };
    const answer = await this.#scene.ask(sent, this.#withoutFaults);
    if (answer.status < 300) this.violations.add(`${what} can still be refreshed`);
  }

  async #goLive(channelId: string): Promise<void> {
    const streamId = this.#streams.get(channelId) ?? `st-${channelId}`;
    this.#streams.set(channelId, streamId);
    const resources = [`arn:aws:ivs:us-west-2:000000000000:channel/${channelId}`];
    const created = stateEvent('Session Created', streamId, second(0), { resources });
    await this.#deliver(() => this.#scene.handle({ ...created, id: `created-${channelId}` }, this.#trouble));
  }

  async #chat(roomId: string): Promise<void> {
    const silent = () => {};
    const { database } = this.#scene;
    const clock = () => new Date(second(0));
    const archive = chatArchiver({ database, clock, log: { info: silent, warn: silent } });
    const batch = roomBatch(roomId, [messageLine('m1', second(1))]);
    await this.#deliver(() => inLife(this.#trouble, () => archive(batch)));
  }

  /** With faults an event may fail, and it is not delivered again. */
  async #deliver(work: () => Promise<unknown>): Promise<void> {
    this.#scene.met.handled++;
    try {
      await work();
    } catch (error) {
      if (this.#hasNoFaults) throw error;
    }
  }

  /** Repeats the deletion until it is done, and checks that no rows are left. */
  async #deleteWhole(who: 0 | 1, user: User | undefined): Promise<void> {
    const account = this.#accounts[who];
    if (account === undefined || user === undefined) return;
    const { database } = this.#scene;
    if ((await getUser(database, user.id)) !== undefined) {
      const sent = { method: 'DELETE', path: '/v1/users/me', token: account.accessToken };
      const answer = await this.#untilDone(sent, [204, 401, 403]);
      // The sign-in has ended or the password has changed, so the deletion was refused and the account is
      // unchanged.
      const now = await getUser(database, user.id);
      if (answer.status !== 204 && now?.status === 'active') return;
    }
    this.#accounts[who] = undefined;
    for (const table of await this.#leftOf(user))
      this.violations.add(`a deleted account still has rows in ${table}`);
    if (this.#hasNoFaults && this.#scene.resourcesOf(user.id).length > 0)
      this.violations.add('IVS still has resources of a deleted account');
  }

  async #leftOf(user: User): Promise<string[]> {
    const { channelId = '', chatRoomId = '', stageId = '', id } = user;
    const rows: readonly (readonly [TableName, string, string, string?])[] = [
      ['users', 'id', id],
      ['channels', 'id', channelId],
      ['chatRooms', 'id', chatRoomId],
      ['stages', 'id', stageId],
      ['streams', 'channelId', channelId],
      ['streamEvents', 'streamId', this.#streams.get(channelId) ?? `st-${channelId}`],
      ['chatMessages', 'chatRoomId', chatRoomId],
      ['bans', 'channelId', channelId],
      ['moderators', 'channelId', channelId],
      ['moderators', 'userId', id, 'userIdIndex'],
      ['audit', 'channelId', channelId],
      ['follows', 'userId', id],
      ['follows', 'channelId', channelId, 'followersIndex'],
      ['stageTokens', 'stageId', stageId],
      ['stageTokens', 'userId', id, 'userIdIndex'],
      ['stageRequests', 'stageId', stageId],
      ['stageRequests', 'userId', id, 'userIdIndex'],
      ['sessions', 'userId', id, 'userIdIndex'],
    ];
    const left = await Promise.all(rows.map(row => this.#count(...row)));
    return rows.flatMap(([table], index) => ((left[index] ?? 0) > 0 ? [table] : []));
  }

  async #count(table: TableName, hash: string, value: string, IndexName?: string): Promise<number> {
    const { client, names } = this.#scene.database;
    const { Count = 0 } = await client.send(
      new QueryCommand({
        TableName: names[table],
        ...(IndexName === undefined ? { ConsistentRead: true } : { IndexName }),
        KeyConditionExpression: '#hash = :value',
        ExpressionAttributeNames: { '#hash': hash },
        ExpressionAttributeValues: { ':value': value },
      }),
    );
    return Count;
  }

  #usersNow(): Promise<(User | undefined)[]> {
    return Promise.all(
      this.#accounts.map(account => account && getUser(this.#scene.database, account.userId)),
    );
  }

  /** Checks users, their names and their resources for impossible states. */
  async #impossible(): Promise<string[]> {
    for (const work of this.#later.splice(0)) await work();
    const { database } = this.#scene;
    const faults: string[] = [];
    for (const name of this.#names) faults.push(...(await this.#misplaced(name)));
    for (const id of this.#userIds) {
      const user = await getUser(database, id);
      if (user === undefined) continue;
      const owner = await userIdNamed(database, user.username);
      if (owner !== id)
        faults.push(`the user ${id} has the name ${user.username}, which is reserved for ${owner}`);
      if (user.status !== 'active') continue;
      const channel = await getChannel(database, user.channelId ?? '');
      if (channel?.usernameKey !== user.usernameKey)
        faults.push(`the channel of ${user.usernameKey} has the name ${channel?.usernameKey}`);
      const resources = this.#scene.resourcesOf(id).length;
      if (this.#hasNoFaults && resources !== RESOURCES_OF_A_USER)
        faults.push(`IVS has ${resources} resources of one user, not ${RESOURCES_OF_A_USER}`);
    }
    return faults;
  }

  /** Checks that a name belongs to its user, and that nobody else has it within 30 days after that. */
  async #misplaced(name: string): Promise<string[]> {
    const { database, clock } = this.#scene;
    const now = toTimestamp(clock());
    const row = await getName(database, name, now);
    const before = this.#keepers.get(name);
    if (before !== undefined && before.until > now && row?.userId !== before.userId)
      return [`the name ${name} of ${before.userId} is not kept: it belongs to ${row?.userId ?? 'nobody'}`];
    if (row === undefined) return [];
    const { userId, heldUntil } = row;
    // A user gives their name up now at the earliest.
    this.#keepers.set(name, { userId, until: heldUntil ?? addMs(now, NAME_HOLD_MS) });
    this.#userIds.add(userId);
    const user = await getUser(database, userId);
    if (heldUntil === undefined)
      return user?.usernameKey === row.usernameKey
        ? []
        : [`the name ${name} belongs to a user whose name is ${user?.usernameKey}`];
    const newName = (await newNameOf(database, name, now))?.toLowerCase();
    if (newName !== user?.usernameKey)
      return [`the former name ${name} leads to ${newName}, and its user's name is ${user?.usernameKey}`];
    return user === undefined || user.formerNames?.some(former => former.usernameKey === row.usernameKey)
      ? []
      : [`the former name ${name} is not on the list of its user`];
  }

  /** Signs every user in again, on two devices. */
  async #signInAgain(): Promise<void> {
    for (const [who, user] of (await this.#usersNow()).entries()) {
      const account = this.#accounts[who];
      if (account === undefined || user === undefined) continue;
      const first = await this.#signIn(account, user);
      const second = first && (await this.#signIn(account, user));
      if (first === undefined || second === undefined) {
        this.violations.add(`${user.username} can no longer sign in`);
        continue;
      }
      account.accessToken = first.accessToken;
      account.refreshToken = first.refreshToken;
      account.otherDevice = second.refreshToken;
    }
  }

  async #signIn(account: Account, { username }: User) {
    for (const password of account.passwords) {
      const sent = { method: 'POST', path: '/v1/sessions', body: { username, password } };
      const answer = await this.#untilDone(sent, [200, 401]);
      if (answer.status !== 200) continue;
      account.passwords = [password];
      return signedIn.parse(JSON.parse(answer.text));
    }
    return undefined;
  }

  /** Undefined if the process was killed. */
  async #ask(sent: Sent): Promise<Answer | undefined> {
    this.#scene.met.handled++;
    try {
      const answer = await this.#scene.ask(sent, this.#trouble);
      if (answer.status >= 500 && (answer.retryAfter === undefined || this.#hasNoFaults))
        this.violations.add(`${sent.method} ${sent.path} was answered with ${answer.status}: ${answer.text}`);
      return answer;
    } catch (error) {
      if (!(error instanceof KilledError)) throw error;
      return undefined;
    }
  }

  /** Repeats a request as a client does, after the time in Retry-After or the end of a lock. */
  async #untilDone(sent: Sent, done: readonly number[]): Promise<Answer> {
    let last: Answer | undefined;
    for (let tries = 0; tries < TRIES; tries++) {
      this.#scene.met.handled++;
      last = await this.#scene.ask(sent, this.#withoutFaults);
      if (done.includes(last.status) && last.retryAfter === undefined) return last;
      this.#scene.forward(last.status === 429 ? LATER_SECONDS : (last.retryAfter ?? 1) + 1);
    }
    throw new Error(`${sent.method} ${sent.path} was answered with ${last?.status}: ${last?.text}`);
  }
}
