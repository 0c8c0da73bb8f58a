import { isDeepStrictEqual } from 'node:util';
import type { Database } from '../../store/database.ts';
import { getUser } from '../../store/users.ts';
import { stateEvent } from '../support/ivsEvents.ts';
import { randomNumbers } from '../support/randomNumbers.ts';
import { type Action, type Owned, type Plan, planOf, without } from './actions.ts';
import { type ApiHistory, PEOPLE } from './apiHistory.ts';
import { leftBehind, type OwnedRows, readOwned } from './ownedRows.ts';
import { type Answer, newKey, type Person, personOf, readSignUp, type Sent, signUpBody } from './people.ts';
import type { HandleEvent } from './playEvents.ts';
import { drawnSchedule } from './schedule.ts';
import { KilledError, type Met, noFaults, type Trouble } from './trouble.ts';

/**
 * Sends a request to the API, in a process of its own with faults. @throws KilledError if the process was
 * killed
 */
export type AskApi = (sent: Sent, trouble: Trouble) => Promise<Answer>;

export interface ApiScene {
  readonly database: Database;
  readonly ask: AskApi;
  readonly handle: HandleEvent;
  /** Moves the API's clock forward. */
  readonly forward: (seconds: number) => void;
  /** The stream keys that IVS has for a channel. */
  readonly keysAtIvs: (channelId: string) => readonly string[];
  /** A name that is not taken. */
  readonly newUsername: () => string;
  readonly met: Met;
}

/** How often a client tries before it gives up. */
const TRIES = 8;

/**
 * Plays a history of requests, and returns every violation. After each round it compares the tables: a
 * request that was answered with success is carried out, any other request is carried out completely or not
 * at all, and nothing else has changed. Then it repeats the requests without an answer, as a client would.
 */
export async function playApi(scene: ApiScene, history: ApiHistory): Promise<string[]> {
  const play = new ApiPlay(scene, history);
  await play.signUp();
  for (const round of history.rounds) {
    if (play.violations.length > 0) break;
    await play.round(round);
  }
  if (history.leaves && play.violations.length === 0) await play.leave();
  return play.violations;
}

/**
 * The values that a person may own after some concurrent actions: actions that succeeded were done in some
 * order, and each of the others was done, partly done or not done.
 */
function outcomes(before: Owned, actions: readonly { plan: Plan; isDone: boolean }[]): Owned[] {
  if (actions.length === 0) return [before];
  const firsts = actions.flatMap((first, at) => {
    const others = actions.filter((_, other) => other !== at);
    const { after, partly = after } = first.plan;
    const undone = first.isDone ? [] : [before, partly(before)];
    return [after(before), ...undone].flatMap(owned => outcomes(owned, others));
  });
  return firsts.filter((one, at) => firsts.findIndex(other => isDeepStrictEqual(one, other)) === at);
}

class ApiPlay {
  readonly violations: string[] = [];
  readonly #scene: ApiScene;
  readonly #trouble: Trouble;
  readonly #withoutFaults: Trouble;
  #people: readonly Person[] = [];
  #owned: Owned[] = [];

  constructor(scene: ApiScene, { chances, seed }: ApiHistory) {
    this.#scene = scene;
    const schedule = drawnSchedule(randomNumbers(seed + 1));
    this.#trouble = { chances, random: randomNumbers(seed), met: scene.met, schedule };
    this.#withoutFaults = { chances: noFaults, random: () => 1, met: scene.met };
  }

  /** Everybody signs up with faults, and repeats the request until it succeeds. */
  async signUp(): Promise<void> {
    const asked = Array.from({ length: PEOPLE }, () => ({
      method: 'POST',
      path: '/v1/users',
      body: signUpBody(this.#scene.newUsername()),
      idempotencyKey: newKey(),
    }));
    const firsts = await Promise.all(asked.map(sent => this.#askWithFaults(sent, 201, 'a sign-up')));
    const people: Person[] = [];
    for (const [index, sent] of asked.entries()) {
      const answer = firsts[index] ?? (await this.#signUpAgain(sent));
      if (answer !== undefined) people.push(await this.#settleIn(readSignUp(answer.text)));
    }
    if (people.length < PEOPLE) return;
    this.#people = people;
    for (const person of people) {
      const rows = await readOwned(this.#scene.database, person);
      if (rows === undefined) this.violations.push(`${person.username} signed up and has no channel`);
      else this.#owned.push(rows.owned);
    }
  }

  /**
   * A 409 can mean that the first request was carried out and its answer lost. Then the person can sign in.
   */
  async #signUpAgain(sent: Sent): Promise<Answer | undefined> {
    const answer = await this.#untilDone(sent, [201, 409], 'a sign-up');
    if (answer?.status !== 409) return answer;
    const { method, body } = sent;
    return this.#untilDone({ method, path: '/v1/sessions', body }, 200, 'a sign-in after a sign-up');
  }

  /** Checks that a new user has all resources, and starts a stream. */
  async #settleIn(account: ReturnType<typeof readSignUp>): Promise<Person> {
    const { database, handle } = this.#scene;
    const user = await getUser(database, account.userId);
    const { channelId, chatRoomId, stageId } = user ?? {};
    if (channelId === undefined || chatRoomId === undefined || stageId === undefined) {
      throw new Error(`${account.username} signed up, and the user is ${user?.status ?? 'missing'}`);
    }
    const streamId = `st-${channelId}`;
    const resources = [`arn:aws:ivs:us-west-2:000000000000:channel/${channelId}`];
    const created = stateEvent('Session Created', streamId, '2026-01-15T10:00:00Z', { resources });
    await handle({ ...created, id: `created-${channelId}` }, this.#withoutFaults);
    return personOf(account, { channelId, chatRoomId, stageId, streamId });
  }

  async round(actions: readonly Action[]): Promise<void> {
    const asked = actions.map(action => {
      const plan = planOf(action, this.#people);
      const { kind, actor } = action;
      const idempotencyKey = kind === 'replaceKey' ? newKey() : undefined;
      const name = kind === 'trespass' ? `${action.operation} by ${action.as}` : kind;
      return { actor, plan, name, sent: { ...plan.sent, idempotencyKey } };
    });
    const answers = await Promise.all(
      asked.map(({ sent, plan, name }) => this.#askWithFaults(sent, plan.done, name)),
    );
    const possible = this.#owned.map((owned, person) =>
      outcomes(
        owned,
        asked.flatMap(({ actor, plan }, index) =>
          actor === person ? [{ plan, isDone: answers[index] !== undefined }] : [],
        ),
      ),
    );
    const names = asked.map(({ name }) => name).join(' + ');
    const found = await this.#compare(possible, `after ${names}`);
    this.#owned = this.#owned.map((owned, person) => found[person]?.owned ?? owned);

    for (const [index, { actor, sent, plan, name }] of asked.entries()) {
      if (answers[index] !== undefined) continue;
      await this.#untilDone(sent, plan.done, name);
      this.#owned = this.#owned.map((owned, person) => (person === actor ? plan.after(owned) : owned));
    }
    const rows = await this.#compare(
      this.#owned.map(owned => [owned]),
      `after ${names}, repeated`,
    );
    for (const { actor, name } of asked) if (name === 'replaceKey') this.#checkKey(actor, rows[actor]);
    this.#scene.forward(20);
  }

  /** Each person's values must be among the possible ones, and follower counts must match the follows. */
  async #compare(
    possible: readonly (readonly Owned[])[],
    when: string,
  ): Promise<readonly (OwnedRows | undefined)[]> {
    const rows = await Promise.all(this.#people.map(person => readOwned(this.#scene.database, person)));
    for (const [index, person] of this.#people.entries()) {
      const row = rows[index];
      const wanted = possible[index] ?? [];
      if (row === undefined || !wanted.some(owned => isDeepStrictEqual(owned, row.owned))) {
        this.violations.push(
          `${when}, ${person.username} has ${JSON.stringify(row?.owned)}, not one of ${JSON.stringify(wanted)}`,
        );
      }
      const followers = rows.filter(other => other?.owned.following.includes(person.channelId)).length;
      if (row !== undefined && row.followerCount !== followers)
        this.violations.push(
          `${when}, ${person.username} has the follower count ${row.followerCount}, not ${followers}`,
        );
    }
    return rows;
  }

  #checkKey(actor: number, row: OwnedRows | undefined): void {
    const channelId = this.#people[actor]?.channelId ?? '';
    const keys = this.#scene.keysAtIvs(channelId);
    if (keys.length !== 1 || keys[0] !== row?.streamKey)
      this.violations.push(
        `IVS has ${keys.length} stream keys, and they are not the one key of the channel row`,
      );
  }

  /** The first person deletes their account, which must leave no rows. */
  async leave(): Promise<void> {
    const [person, ...others] = this.#people;
    if (person === undefined) return;
    const sent = { method: 'DELETE', path: '/v1/users/me', token: person.accessToken };
    // When the answer to the deletion was lost, the repeated request is a 401.
    const gone = [204, 401];
    const first = await this.#askWithFaults(sent, gone, 'a deletion');
    if (first === undefined) await this.#untilDone(sent, gone, 'a deletion');
    for (const table of await leftBehind(this.#scene.database, person))
      this.violations.push(`a deleted account still has rows in ${table}`);
    this.#people = others;
    this.#owned = this.#owned.slice(1).map(owned => ({
      ...owned,
      following: without(owned.following, person.channelId),
      invited: without(owned.invited, person.userId),
    }));
    await this.#compare(
      this.#owned.map(owned => [owned]),
      'after a deletion',
    );
  }

  /** The answer if it is a success. Undefined if there was none, or if the client should retry. */
  async #askWithFaults(
    sent: Sent,
    done: Plan['done'] | readonly number[],
    name: string,
  ): Promise<Answer | undefined> {
    this.#scene.met.handled++;
    try {
      const answer = await this.#scene.ask(sent, this.#trouble);
      if ([done].flat().includes(answer.status) && answer.retryAfter === undefined) return answer;
      if (needsProof(answer)) return undefined;
      // Without Retry-After, a client would take the refusal as final.
      if (answer.retryAfter === undefined)
        this.violations.push(
          `with faults, ${name} was answered with ${answer.status} and no Retry-After: ${answer.text}`,
        );
    } catch (error) {
      if (!(error instanceof KilledError)) throw error;
    }
    return undefined;
  }

  /** Confirms the password, as a client does five minutes after the sign-in. */
  async #proveAgain(token: string | undefined): Promise<void> {
    const person = this.#people.find(({ accessToken }) => accessToken === token);
    const body = { currentPassword: person?.password };
    await this.#scene.ask({ method: 'POST', path: '/v1/sessions/step-up', token, body }, this.#withoutFaults);
  }

  /** Repeats a request as a client does, after the time in Retry-After. */
  async #untilDone(
    sent: Sent,
    done: Plan['done'] | readonly number[],
    name: string,
  ): Promise<Answer | undefined> {
    let last: Answer | undefined;
    for (let tries = 0; tries < TRIES; tries++) {
      this.#scene.met.handled++;
      last = await this.#scene.ask(sent, this.#withoutFaults);
      if (needsProof(last)) {
        await this.#proveAgain(sent.token);
        last = await this.#scene.ask(sent, this.#withoutFaults);
      }
      if (last.retryAfter === undefined) {
        if ([done].flat().includes(last.status)) return last;
        break;
      }
      // After repeated refusals it waits twice as long each time.
      this.#scene.forward(Math.max(last.retryAfter + 1, 2 ** tries));
    }
    this.violations.push(`repeated, ${name} was answered with ${last?.status}: ${last?.text}`);
    return undefined;
  }
}

function needsProof({ status, text }: Answer): boolean {
  return status === 403 && text.includes('"step-up-required"');
}
