import * as z from 'zod/mini';
import type { Criterion } from '../criterion.ts';
import type { FeedMessage } from '../probes/feed-messages.ts';
import type { OpenFeed, Probe } from '../probes/probe.ts';
import { CaseSkipped, expectEqual, expectShape, expectThat } from '../verdict.ts';
import { toggleLock } from './proposal-access.ts';
import { aProject, aProposal, orSkip } from './proposal-scene.ts';

const LIMIT_MS = 5_000;
const RUN_MS = 60_000;
const ENDS: ReadonlySet<string> = new Set(['validation_complete', 'validation_error']);
const ITERATION_ENDS: ReadonlySet<string> = new Set(['iteration_complete', 'iteration_cancelled', 'iteration_error']);

const outputSchema = z.looseObject({ line: z.string(), stream: z.enum(['stdout', 'stderr']) });
const completeSchema = z.looseObject({ status: z.enum(['passed', 'failed']), summary: z.looseObject({}) });

/** Spec 002: what is told of validations, iterations, comments, statuses and locks. */
export const proposalEventCriteria: readonly Criterion[] = [
  {
    name: 'validation-streaming',
    words:
      'validation_start {"proposal_id"}, output {"line", "stream": "stdout|stderr"}, validation_complete {"status": "passed|failed", "summary": {...}}',
    async judge(probe) {
      const { id, project } = await aProposal(probe);
      const feed = await probe.feed(`/ws/projects/${project}`, 'websocket');
      orSkip(await probe.post(`/api/v1/proposals/${id}/validate`, {}), 'POST …/validate');
      const frames = await framesUntil(feed, id, ENDS);
      expectEqual(frames[0]?.type, 'validation_start', 'the first event');
      expectEqual(frames.at(-1)?.type, 'validation_complete', 'the last event');
      expectShape(frames.at(-1), completeSchema, 'validation_complete');
      for (const frame of frames.slice(1, -1)) {
        expectEqual(frame.type, 'output', 'an event between the two');
        expectShape(frame, outputSchema, 'output');
      }
    },
  },
  {
    name: 'sse-validation-events',
    words: 'WHEN validation events occur THEN events are sent in SSE format AND include event type and JSON data',
    async judge(probe) {
      const { id } = await aProposal(probe);
      const stream = await probe.stream(`/api/v1/proposals/${id}/events`);
      orSkip(await probe.post(`/api/v1/proposals/${id}/validate`, {}), 'POST …/validate');
      const events = await stream.events.until('end of the validation', probe.limit(RUN_MS), (all) =>
        all.some(({ event }) => ENDS.has(event ?? '')) ? all : undefined,
      );
      expectThat(
        events.some(({ event }) => event === 'validation_start'),
        'no validation_start',
      );
      for (const { event, data } of events) {
        expectEqual((JSON.parse(data) as FeedMessage).type, event, 'the type in the data, against event:');
      }
    },
  },
  {
    name: 'validation-error',
    words: 'WHEN validation fails unexpectedly THEN the system sends {"type": "validation_error", "error": message}',
    async judge(probe) {
      const { id, project } = await aProposal(probe);
      const feed = await probe.feed(`/ws/projects/${project}`, 'websocket');
      const path = `/api/v1/proposals/${id}/validate`;
      orSkip(await probe.post(path, {}), 'POST …/validate');
      const cancelled = await probe.ask(path, { method: 'DELETE' });
      const frames = await framesUntil(feed, id, ENDS);
      if (cancelled.status === 409) throw new CaseSkipped('the validation was over before it could be cancelled');
      expectEqual(frames.at(-1)?.type, 'validation_error', 'the last event of one that was cancelled');
      expectEqual(typeof frames.at(-1)?.error, 'string', 'the type of error');
    },
  },
  {
    name: 'llm-streaming',
    words: 'iteration_start {"proposal_id"}, token {"content"}, iteration_complete {"files_modified", "validation"}',
    async judge(probe) {
      const { id, project } = await aProposal(probe);
      const feed = await probe.feed(`/ws/projects/${project}`, 'websocket');
      await iterate(probe, id, 'Make the proposal valid: add one requirement with one scenario.');
      const frames = await framesUntil(feed, id, ITERATION_ENDS);
      expectEqual(frames[0]?.type, 'iteration_start', 'the first event');
      const tokens = frames.filter(({ type }) => type === 'token');
      expectThat(
        tokens.length > 0 && tokens.every(({ content }) => typeof content === 'string'),
        'no token with content',
      );
      const last = frames.findLast(({ type }) => ITERATION_ENDS.has(type));
      if (last?.type === 'iteration_error') throw new CaseSkipped(`the model did not do it: ${String(last.error)}`);
      expectEqual(last?.type, 'iteration_complete', 'the end');
      expectThat(Array.isArray(last?.files_modified), 'files_modified is no list');
      expectThat(typeof last?.validation === 'object', 'there is no validation');
    },
  },
  {
    name: 'iteration-cancelled',
    words: 'WHEN user cancels iteration THEN the system cancels LLM request AND sends {"type": "iteration_cancelled"}',
    async judge(probe) {
      const { id, project } = await aProposal(probe);
      const feed = await probe.feed(`/ws/projects/${project}`, 'websocket');
      await iterate(probe, id, 'Be slow and thorough: rewrite all of it at length.');
      await feed.until('first token', RUN_MS, (all) => all.some(({ type }) => type === 'token'));
      const cancelled = await probe.ask(`/api/v1/proposals/${id}/iterate`, { method: 'DELETE' });
      const frames = await framesUntil(feed, id, ITERATION_ENDS);
      if (cancelled.status === 409) throw new CaseSkipped('the iteration was over before it could be cancelled');
      expectEqual(frames.at(-1)?.type, 'iteration_cancelled', 'the last event');
    },
  },
  {
    name: 'proposal-status-change',
    words: 'WHEN proposal status changes THEN the system broadcasts to all clients viewing that proposal',
    async judge(probe) {
      const { id } = await aProposal(probe);
      const path = `/api/v1/proposals/${id}`;
      const feeds = [await probe.feed(`${path}/events`, 'sse'), await probe.feed(`${path}/events`, 'websocket')];
      orSkip(await probe.ask(`${path}/status`, { method: 'PATCH', body: { status: 'review' } }), 'PATCH …/status');
      for (const feed of feeds) {
        const event = await feed.until('proposal_status_changed', LIMIT_MS, (all) =>
          all.find(({ type }) => type === 'proposal_status_changed'),
        );
        expectEqual([event.proposal_id, event.status], [id, 'review'], 'proposal_id and status');
      }
    },
  },
  {
    name: 'new-comment',
    words: 'WHEN a new comment is created THEN the system broadcasts to proposal reviewers and author',
    async judge(probe) {
      const { id } = await aProposal(probe);
      const feed = await probe.feed(`/api/v1/proposals/${id}/events`, 'sse');
      const text = `a comment of ${probe.freshName()}`;
      orSkip(await probe.post(`/api/v1/proposals/${id}/comments`, { text }), 'POST …/comments');
      const event = await feed.until('comment_created', LIMIT_MS, (all) =>
        all.find(({ type }) => type === 'comment_created'),
      );
      expectThat(JSON.stringify(event).includes(text), 'the event lacks the text of the comment');
    },
  },
  {
    name: 'lock-status-change',
    words: 'WHEN project lock status changes THEN the system broadcasts to all clients in that project',
    async judge(probe) {
      const project = await aProject(probe);
      const path = `/ws/projects/${project}`;
      const feeds = [await probe.feed(path, 'websocket'), await probe.feed(path, 'sse')];
      await toggleLock(probe, project);
      for (const feed of feeds) {
        await feed.until('lock and unlock', LIMIT_MS, (all) => {
          const locks = all.filter(({ type }) => type === 'lock_changed');
          return locks.length >= 2;
        });
      }
    },
  },
];

async function iterate(probe: Probe, id: string, instructions: string): Promise<void> {
  orSkip(await probe.post(`/api/v1/proposals/${id}/iterate`, { instructions }), 'POST …/iterate');
}

/** What is told of a proposal, up to the first of these ends. */
function framesUntil(feed: OpenFeed, proposal: string, ends: ReadonlySet<string>): Promise<readonly FeedMessage[]> {
  return feed.until([...ends].join(' or '), RUN_MS, (all) => {
    const frames = all.filter(({ proposal_id }) => proposal_id === proposal);
    const end = frames.findIndex(({ type }) => ends.has(type));
    return end >= 0 && frames.slice(0, end + 1);
  });
}
