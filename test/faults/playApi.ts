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
import { calm, KilledError, type Met, type Trouble } from './trouble.ts';

/** Asks the API, each request in a process of its own, in trouble. @throws KilledError when that did not live to answer */
export type AskApi = (sent: Sent, trouble: Trouble) => Promise<Answer>;

export interface ApiScene {
  readonly database: Database;
  readonly ask: AskApi;
  readonly handle: HandleEvent;
  /** Moves the API's clock on. */
  readonly forward: (seconds: number) => void;
  /** The stream keys that IVS has for a channel. */
  readonly keysAtIvs: (channelId: string) => readonly string[];
  /** A name that nobody has. */
  readonly newUsername: () => string;
  readonly met: Met;
}

/** How often a client comes back before it gives up. */
const TRIES = 8;

/**
 * Plays a history of requests, and gives every way in which an invariant did not hold; none, if all is well. After
 * each round what is in the tables is compared: what was answered with a success is there, what was not is there whole
 * or not at all, and nothing else has changed. Then what was not answered is asked for again, as a client would.
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
 * What a person may own after some actions at once: what is done was done in some order, and of the others each was done
 * or not.
 */
function outcomes(before: Owned, actions: readonly { plan: Plan; isDone: boolean }[]): Owned[] {
  if (actions.length === 0) return [before];
  const firsts = actions.flatMap((first, at) => {
    const others = actions.filter((_, other) => other !== at);
    return [...outcomes(first.plan.after(before), others), ...(first.isDone ? [] : outcomes(before, others))];
  });
  return firsts.filter((one, at) => firsts.findIndex(other => isDeepStrictEqual(one, other)) === at);
}

class ApiPlay {
  readonly violations: string[] = [];
  readonly #scene: ApiScene;
  readonly #trouble: Trouble;
  readonly #calmly: Trouble;
  #people: readonly Person[] = [];
  #owned: Owned[] = [];

  constructor(scene: ApiScene, { chances, seed }: ApiHistory) {
    this.#scene = scene;
    const schedule = drawnSchedule(randomNumbers(seed + 1));
    this.#trouble = { chances, random: randomNumbers(seed), met: scene.met, schedule };
    this.#calmly = { chances: calm, random: () => 1, met: scene.met };
  }

  /** Everybody signs up, in trouble, and then goes on until they are in. */
  async signUp(): Promise<void> {
    const asked = Array.from({ length: PEOPLE }, () => ({
      method: 'POST',
      path: '/v1/users',
      body: signUpBody(this.#scene.newUsername()),
      idempotencyKey: newKey(),
    }));
    const firsts = await Promise.all(asked.map(sent => this.#inTrouble(sent, 201, 'a sign-up')));
    const people: Person[] = [];
    for (const [index, sent] of asked.entries()) {
      const answer = firsts[index] ?? (await this.#signUpAgain(sent));
      if (answer !== undefined) people.push(await this.#settleIn(readSignUp(answer.text)));
    }
    if (people.length < PEOPLE) return;
    this.#people = people;
    for (const person of people) {
      const rows = await readOwned(this.#scene.database, person);
      if (rows === undefined) this.violations.push(`6: ${person.username} was signed up, and has no channel`);
      else this.#owned.push(rows.owned);
    }
  }

  /** Who is told that their own name is taken was signed up by the request whose answer they missed, and can sign in. */
  async #signUpAgain(sent: Sent): Promise<Answer | undefined> {
    const answer = await this.#untilDone(sent, [201, 409], 'a sign-up');
    if (answer?.status !== 409) return answer;
    const { method, body } = sent;
    return this.#untilDone({ method, path: '/v1/sessions', body }, 200, 'a sign-in after a sign-up');
  }

  /** Who signed up has what belongs to a user, and goes on air. */
  async #settleIn(account: ReturnType<typeof readSignUp>): Promise<Person> {
    const { database, handle } = this.#scene;
    const user = await getUser(database, account.userId);
    const { channelId, chatRoomId, stageId } = user ?? {};
    if (channelId === undefined || chatRoomId === undefined || stageId === undefined) {
      throw new Error(`6: ${account.username} was signed up, and is ${user?.status ?? 'nowhere'}`);
    }
    const streamId = `st-${channelId}`;
    const resources = [`arn:aws:ivs:us-west-2:000000000000:channel/${channelId}`];
    const created = stateEvent('Session Created', streamId, '2026-01-15T10:00:00Z', { resources });
    await handle({ ...created, id: `created-${channelId}` }, this.#calmly);
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
      asked.map(({ sent, plan, name }) => this.#inTrouble(sent, plan.done, name)),
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
      `after ${names}, asked for again`,
    );
    for (const { actor, name } of asked) if (name === 'replaceKey') this.#checkKey(actor, rows[actor]);
    this.#scene.forward(20);
  }

  /** What each person owns must be one of what is possible, and their followers must be those that there are. */
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
          `5, 6: ${when}, what ${person.username} owns is ${JSON.stringify(row?.owned)}, not ${JSON.stringify(wanted)}`,
        );
      }
      const followers = rows.filter(other => other?.owned.following.includes(person.channelId)).length;
      if (row !== undefined && row.followerCount !== followers)
        this.violations.push(`6: ${when}, ${row.followerCount} followers are counted of ${followers}`);
    }
    return rows;
  }

  #checkKey(actor: number, row: OwnedRows | undefined): void {
    const channelId = this.#people[actor]?.channelId ?? '';
    const keys = this.#scene.keysAtIvs(channelId);
    if (keys.length !== 1 || keys[0] !== row?.streamKey)
      this.violations.push(`6: of the stream keys at IVS (${keys.length}) none is the one on record`);
  }

  /** The first person leaves, and nothing of theirs stays. */
  async leave(): Promise<void> {
    const [person, ...others] = this.#people;
    if (person === undefined) return;
    const sent = { method: 'DELETE', path: '/v1/users/me', token: person.accessToken };
    // Who is gone is nobody: asking again after an answer that was lost is a 401.
    const gone = [204, 401];
    const first = await this.#inTrouble(sent, gone, 'leaving');
    if (first === undefined) await this.#untilDone(sent, gone, 'leaving');
    for (const table of await leftBehind(this.#scene.database, person))
      this.violations.push(`6: who has left has rows in ${table}`);
    this.#people = others;
    this.#owned = this.#owned.slice(1).map(owned => ({
      ...owned,
      following: without(owned.following, person.channelId),
      invited: without(owned.invited, person.userId),
    }));
    await this.#compare(
      this.#owned.map(owned => [owned]),
      'after somebody left',
    );
  }

  /** The answer, when it says that it is done. Undefined when nobody knows, or when it says to come back. */
  async #inTrouble(
    sent: Sent,
    done: Plan['done'] | readonly number[],
    name: string,
  ): Promise<Answer | undefined> {
    this.#scene.met.handled++;
    try {
      const answer = await this.#scene.ask(sent, this.#trouble);
      if ([done].flat().includes(answer.status) && answer.retryAfter === undefined) return answer;
      if (needsProof(answer)) return undefined;
      // A refusal that tells no one to come back would be taken for the last word.
      if (answer.retryAfter === undefined)
        this.violations.push(`6: in trouble, ${name} was answered with ${answer.status}: ${answer.text}`);
    } catch (error) {
      if (!(error instanceof KilledError)) throw error;
    }
    return undefined;
  }

  /** As a client does when more than five minutes have gone by since the sign-in. */
  async #proveAgain(token: string | undefined): Promise<void> {
    const person = this.#people.find(({ accessToken }) => accessToken === token);
    const body = { currentPassword: person?.password };
    await this.#scene.ask({ method: 'POST', path: '/v1/sessions/step-up', token, body }, this.#calmly);
  }

  /** Asks again as a client does: not before it is told to. */
  async #untilDone(
    sent: Sent,
    done: Plan['done'] | readonly number[],
    name: string,
  ): Promise<Answer | undefined> {
    let last: Answer | undefined;
    for (let tries = 0; tries < TRIES; tries++) {
      this.#scene.met.handled++;
      last = await this.#scene.ask(sent, this.#calmly);
      if (needsProof(last)) {
        await this.#proveAgain(sent.token);
        last = await this.#scene.ask(sent, this.#calmly);
      }
      if (last.retryAfter === undefined) {
        if ([done].flat().includes(last.status)) return last;
        break;
      }
      // Told the same again and again, it waits twice as long each time.
      this.#scene.forward(Math.max(last.retryAfter + 1, 2 ** tries));
    }
    this.violations.push(`6: asked for again, ${name} was answered with ${last?.status}: ${last?.text}`);
    return undefined;
  }
}

function needsProof({ status, text }: Answer): boolean {
  return status === 403 && text.includes('"step-up-required"');
}
