import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeProposal } from './support/make-proposal.ts';
import { type ProposalsSystem, proposalsSystem } from './support/proposals-system.ts';

// specs/002 "Reconnection handling" and "SSE reconnection". The server is a process of its own, as a user runs it.

let system: ProposalsSystem;

beforeAll(async () => {
  system = await proposalsSystem();
});

afterAll(async () => {
  await system[Symbol.asyncDispose]();
});

describe('Reconnection handling, and SSE reconnection', () => {
  test('a client that comes back gets what it missed, once and in order, on every transport', async () => {
    const { author, path, feed } = await makeProposal(system, 'come-back');
    const vic = await system.person('vic', ['viewer'], ['alpha']);
    const first = await vic.listen(feed);
    await author.call('PATCH', `${path}/status`, { status: 'review' });
    const { id: lastId = '' } = await first.next(({ name }) => name === 'proposal_status_changed');
    first[Symbol.dispose]();
    await author.call('PATCH', `${path}/status`, { status: 'draft' });
    await author.call('PUT', `${path}/reviewers`, { reviewers: ['rob'] });
    await author.call('PATCH', `${path}/status`, { status: 'review' });
    const missed = ['proposal_status_changed', 'reviewers_changed', 'proposal_status_changed'];
    using again = await vic.listen(feed, lastId);
    await again.next(({ data }) => data.status === 'review');
    expect(again.received.map(({ name }) => name)).toEqual(['hello', ...missed]);
    using socket = await vic.watch(feed, lastId);
    await socket.next({ status: 'review' });
    expect(socket.frames.map(({ type }) => type)).toEqual(missed);
    expect((await vic.poll(feed, lastId)).map(({ type }) => type)).toEqual(missed);
  });
});
