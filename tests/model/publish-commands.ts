import { expect } from 'vitest';
import { parseCursor } from '../../src/protocol/cursor.ts';
import { Command } from './command.ts';
import type { Channel, Keyed, LogModel, ModelEvent } from './log-model.ts';
import type { Posted } from './world.ts';

/** Who publishes under the same key means the same, or makes a mistake. */
export interface KeyedBody {
  /** Of few, so that keys meet. */
  readonly key: number;
  /** Of two that a key may stand for. */
  readonly body: number;
}

export interface EventsToPublish {
  readonly keyed: KeyedBody | undefined;
  /** Undefined: one event, which is no batch. */
  readonly size: number | undefined;
}

export interface MessageToPublish {
  readonly channel: Channel;
  readonly id: KeyedBody | undefined;
}

type Outcome = 'stored' | 'repeated' | 'conflict';

/** `POST /events`: one event or a batch, under a key or not. */
export function publishEvents({ keyed, size }: EventsToPublish): Command {
  const { events, json } = eventsOf(keyed, size);
  const name = size === undefined ? 'event' : 'batch';
  return new Command({
    name: `publish ${name}`,
    refusals: 1,
    about: { keyed, size },
    async run(model, world) {
      const key = keyed && `k${keyed.key}`;
      const known = key === undefined ? undefined : model.keys.get(key);
      const outcome = outcomeFor(known, json);
      const first = known?.first ?? model.head + 1;
      const answer = await world.post('/events', json, key);
      if (outcome === 'conflict') expect(answer).toMatchObject({ status: 409, body: { error: 'IdempotencyConflict' } });
      else if (size === undefined)
        expect(answer).toMatchObject({ status: 201, body: { id: first, summary: events[0]?.text } });
      else
        expect(answer).toEqual({ status: 201, body: { accepted: size, first_id: first, last_id: first + size - 1 } });
      if (outcome === 'stored') model.append(events, key === undefined ? undefined : { name: key, body: json });
      world.count(`${name} ${outcome}`);
    },
  });
}

/** `POST /api/messages`: several messages, each under an id or not; all of it is stored, or nothing. */
export function publishMessages(messages: readonly MessageToPublish[]): Command {
  const bodies = messages.map(({ channel, id }, index) => {
    const text = id ? `message ${id.key} text ${id.body}` : `message without an id, ${index}`;
    return { channel, user: 'ann', text, ...(id ? { id: `m${id.key}` } : {}) };
  });
  return new Command({
    name: 'publish messages',
    refusals: 1,
    about: messages,
    async run(model, world) {
      const plan = new Map<string, { readonly body: string; readonly seq: number }>();
      const seqs: number[] = [];
      const stored: (ModelEvent & { readonly id: string | undefined; readonly body: string })[] = [];
      let isConflict = false;
      for (const { id, channel, text } of bodies) {
        const body = JSON.stringify([channel, text]);
        const kept = id === undefined ? undefined : model.keys.get(id);
        const known = kept ? { body: kept.body, seq: kept.first } : plan.get(id ?? '');
        if (known && known.body !== body) isConflict = true;
        const seq = known?.seq ?? model.head + stored.length + 1;
        seqs.push(seq);
        if (known) continue;
        stored.push({ id, channel, text, body });
        if (id !== undefined) plan.set(id, { body, seq });
      }
      const answer = await world.post('/api/messages', JSON.stringify(bodies));
      if (isConflict) {
        expect(answer).toMatchObject({ status: 409, body: { error: { code: 'idempotency_conflict' } } });
        world.count('messages conflict');
        return;
      }
      const repeated = bodies.length - stored.length;
      const ids = bodies.map(({ id }, index) => id ?? `mr-${seqs[index]}`);
      expect(answer).toMatchObject({ status: 201, body: { ids, accepted: bodies.length, repeated } });
      const { cursor } = (answer?.body ?? {}) as { cursor: string };
      expect(parseCursor(cursor)).toMatchObject({ epoch: model.epoch, seq: Math.max(...seqs) });
      for (const { id, body, ...event } of stored) {
        model.append([event], id === undefined ? undefined : { name: id, body });
      }
      world.count(repeated > 0 ? 'messages repeated' : 'messages stored');
    },
  });
}

/**
 * Single events, all at once, each under a key. With `isKilled` the server is killed in the middle of it, and everybody asks
 * again: what was acknowledged is still so, and nothing is stored twice.
 */
export function publishAtOnce(requests: readonly KeyedBody[], isKilled: boolean): Command {
  return new Command({
    name: isKilled ? 'kill while publishing' : 'publish at once',
    refusals: requests.length,
    about: requests,
    async run(model, world) {
      const sent = requests.map((keyed) => ({ key: `k${keyed.key}`, ...eventsOf(keyed, undefined) }));
      const post = ({ json, key }: (typeof sent)[number]) => world.post('/events', json, key);
      const answering = sent.map(post);
      let answers: readonly (Posted | undefined)[];
      if (isKilled) {
        await Promise.race(answering);
        const cut = await world.stop('SIGKILL');
        const before = await Promise.all(answering);
        world.count('requests cut', before.filter((answer) => answer === undefined).length);
        await world.start();
        answers = await Promise.all(sent.map(post));
        for (const [index, answer] of before.entries()) {
          if (answer?.status === 201) expect(answers[index]).toEqual(answer);
          else if (answer) expect(answers[index]).toMatchObject({ status: answer.status });
        }
        store(model, sent, answers);
        await world.learn(model);
        world.leave(model, cut);
        await world.comeBack(model, cut);
        return;
      }
      answers = await Promise.all(answering);
      store(model, sent, answers);
    },
  });
}

interface SentEvent {
  readonly key: string;
  readonly json: string;
  readonly events: readonly ModelEvent[];
}

/** The model takes over who came first, where the server was free to choose, and checks all that follows from it. */
function store(model: LogModel, sent: readonly SentEvent[], answers: readonly (Posted | undefined)[]): void {
  const winners = new Map<number, SentEvent>();
  for (const [index, request] of sent.entries()) {
    const { status, body } = answers[index] ?? { status: 0, body: {} };
    expect([201, 409]).toContain(status);
    const { id } = body as { id: number };
    if (status === 201 && id > model.head) winners.set(id, winners.get(id) ?? request);
  }
  const numbers = [...winners.keys()].sort((left, right) => left - right);
  expect(numbers).toEqual(numbers.map((_, index) => model.head + index + 1));
  for (const number of numbers) {
    const winner = winners.get(number);
    if (!winner) continue;
    expect(model.keys.has(winner.key)).toBe(false);
    model.append(winner.events, { name: winner.key, body: winner.json });
  }
  for (const [index, { key, json, events }] of sent.entries()) {
    const known = model.keys.get(key);
    const answer = answers[index];
    if (known?.body !== json) expect(answer).toMatchObject({ status: 409 });
    else expect(answer).toMatchObject({ status: 201, body: { id: known.first, summary: events[0]?.text } });
  }
}

function outcomeFor(known: Keyed | undefined, body: string): Outcome {
  if (!known) return 'stored';
  return known.body === body ? 'repeated' : 'conflict';
}

function eventsOf(keyed: KeyedBody | undefined, size: number | undefined) {
  const about = keyed ? `key ${keyed.key} body ${keyed.body}` : 'without a key';
  const texts = Array.from({ length: size ?? 1 }, (_, index) => (size === undefined ? about : `${about}, ${index}`));
  const bodies = texts.map((summary) => ({
    timestamp: '2026-01-01T00:00:00.000Z',
    source_app: 'test',
    event_type: 'PreToolUse',
    summary,
  }));
  const events: ModelEvent[] = texts.map((text) => ({ text, channel: undefined }));
  return { events, json: JSON.stringify(size === undefined ? bodies[0] : bodies) };
}
