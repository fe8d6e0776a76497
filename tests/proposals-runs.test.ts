import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DevModel, startDevModel } from '../src/cli/dev-model/dev-model.ts';
import {
  iterationDetailSchema,
  iterationsSchema,
  proposalDetailSchema,
  proposalEventSchema,
  runsSchema,
} from '../src/surfaces/proposals/events.ts';
import { makeProposal } from './support/make-proposal.ts';
import { type ProposalsSystem, plantChange, proposalsSystem } from './support/proposals-system.ts';

// specs/002, validation and iteration: the real server, the real OpenSpec CLI, and the scripted model over real HTTP.

let model: DevModel;
let system: ProposalsSystem;

beforeAll(async () => {
  model = await startDevModel({ delayMs: 1, slowDelayMs: 100 });
  system = await proposalsSystem({ env: { MILLRACE_MODEL_BASE_URL: model.url, MILLRACE_MODEL: 'scripted' } });
});

afterAll(async () => {
  await system[Symbol.asyncDispose]();
  await model[Symbol.asyncDispose]();
});

const VALIDATION = ['validation_start', 'output', 'validation_complete', 'validation_error'];
const SPEC = 'specs/scripted/spec.md';

async function proposal(change: string) {
  const made = await makeProposal(system, change);
  return { ...made, folder: join(system.root, 'alpha/openspec/changes', change) };
}

type Made = Awaited<ReturnType<typeof proposal>>;

/** What the feed tells from the beginning on, once it has told this. */
async function told({ author, feed, cursor }: Made, last: string) {
  using watching = await author.watch(feed, cursor);
  await watching.next({ type: last });
  return watching.frames.map((frame) => proposalEventSchema.parse(frame));
}

describe('Validation streaming', () => {
  test('a valid proposal: start, output with its stream, then complete with a summary', async () => {
    const made = await proposal('good');
    const started = await made.author.post(`${made.path}/validate`);
    expect(started).toMatchObject({ status: 202, body: { run_id: expect.any(String) } });
    const { run_id } = started.body;
    const events = (await told(made, 'validation_complete')).filter(({ type }) => VALIDATION.includes(type));
    expect(events[0]).toMatchObject({ type: 'validation_start', proposal_id: made.id, actor: 'ann', run_id });
    expect(events.slice(1, -1)).toMatchObject([
      { type: 'output', line: "Change 'good' is valid", stream: 'stdout', run_id, proposal_id: made.id },
    ]);
    expect(events.at(-1)).toMatchObject({
      type: 'validation_complete',
      status: 'passed',
      summary: { exit_code: 0, totals: { items: 1, passed: 1, failed: 0 }, issues: [] },
      run_id,
    });
    const detail = proposalDetailSchema.parse((await made.author.get(made.path)).body);
    expect(detail.validation).toMatchObject({ run_id, status: 'passed', started_by: 'ann' });
    expect(detail.output).toEqual([{ line: "Change 'good' is valid", stream: 'stdout' }]);
    const { runs } = runsSchema.parse((await made.author.get(`${made.path}/runs`)).body);
    expect(runs).toEqual(detail.runs);
  });

  test('an invalid proposal: the issues on stderr, complete with failed and the issues', async () => {
    const made = await proposal('bad');
    const spec = `${made.path}/files/specs/bad/spec.md`;
    const { etag } = (await made.author.get(spec)).body;
    const text = '## ADDED Requirements\n\n### Requirement: None\nIt is.\n';
    expect((await made.author.call('PUT', spec, text, { 'if-match': etag })).status).toBe(200);
    await made.author.post(`${made.path}/validate`);
    const events = await told(made, 'validation_complete');
    const lines = events.flatMap((event) => (event.type === 'output' ? [event] : []));
    expect(lines.every(({ stream }) => stream === 'stderr')).toBe(true);
    expect(lines.map(({ line }) => line)).toContainEqual(expect.stringContaining('must include at least one scenario'));
    expect(events.at(-1)).toMatchObject({
      type: 'validation_complete',
      status: 'failed',
      summary: { exit_code: 1, totals: { failed: 1 } },
    });
    expect(JSON.stringify(events.at(-1))).toContain('must include at least one scenario');
  });

  test('who may only read is refused, who is no member learns nothing, and all of it is audited', async () => {
    const made = await proposal('roles');
    const viewer = await system.person('vic', ['viewer'], ['alpha']);
    const stranger = await system.person('sam', ['author'], ['beta']);
    const reviewer = await system.person('rob', ['reviewer'], ['alpha']);
    for (const what of ['validate', 'iterate']) {
      const body = what === 'iterate' ? { instructions: 'valid' } : {};
      expect((await viewer.post(`${made.path}/${what}`, body)).status).toBe(403);
      expect((await viewer.call('DELETE', `${made.path}/${what}`)).status).toBe(403);
      expect((await stranger.post(`${made.path}/${what}`, body)).body.error.code).toBe('not_found');
    }
    for (const what of ['runs', 'iterations', 'iterations/x']) {
      expect((await stranger.get(`${made.path}/${what}`)).status).toBe(404);
    }
    expect((await reviewer.post(`${made.path}/iterate`, { instructions: 'valid' })).status).toBe(403);
    const started = await reviewer.post(`${made.path}/validate`);
    expect(started.status).toBe(202);
    await told(made, 'validation_complete');
    const admin = await system.person('root', ['admin']);
    const { entries } = (await admin.get(`/api/v1/audit?resource_id=${made.id}&action=validation.started`)).body;
    expect(entries).toMatchObject([
      { actor: 'rob', outcome: 'success', after: { run_id: started.body.run_id } },
      { actor: 'sam', outcome: 'failure' },
      { actor: 'vic', outcome: 'denied' },
    ]);
  });

  test('a proposal that is not there is 404', async () => {
    const ann = await system.person('ann');
    expect((await ann.post('/api/v1/proposals/alpha.nothing/validate')).status).toBe(404);
    expect((await ann.post('/api/v1/proposals/alpha.--help/validate')).status).toBe(404);
  });
});

describe('LLM streaming', () => {
  test('an edit: tokens that together are the answer, files written, validated, and the diff kept', async () => {
    const made = await proposal('edit');
    const started = await made.author.post(`${made.path}/iterate`, { instructions: 'please make a valid edit' });
    expect(started.status, JSON.stringify(started.body)).toBe(202);
    const { iteration_id } = started.body;
    const events = await told(made, 'iteration_complete');
    const start = events.findIndex(({ type }) => type === 'iteration_start');
    expect(events[start]).toMatchObject({ proposal_id: made.id, iteration_id, actor: 'ann' });
    const text = events.flatMap((event) => (event.type === 'token' ? [event.content] : [])).join('');
    expect(text).toContain('This answer is scripted');
    expect(text).toMatch(/@@@ end\n$/);
    expect(events.at(-1)).toMatchObject({
      type: 'iteration_complete',
      files_modified: [SPEC],
      validation: { status: 'passed', summary: { totals: { passed: 1 } } },
      iteration_id,
    });
    const order = events.slice(start).map(({ type }) => type);
    expect(order.indexOf('file_changed')).toBeGreaterThan(order.lastIndexOf('token'));
    expect(order.indexOf('validation_start')).toBeGreaterThan(order.indexOf('file_changed'));
    const content = readFileSync(join(made.folder, SPEC), 'utf8');
    expect(content).toContain('### Requirement: Scripted answer');
    const detail = proposalDetailSchema.parse((await made.author.get(made.path)).body);
    expect(detail).toMatchObject({ streamed_text: text, is_iterating: false, validation: { status: 'passed' } });
    expect(detail.files.find(({ path }) => path === SPEC)).toMatchObject({ changed_by: 'ann' });
    const { iterations } = iterationsSchema.parse((await made.author.get(`${made.path}/iterations`)).body);
    expect(iterations).toMatchObject([{ iteration_id, status: 'complete', files_modified: [SPEC] }]);
    const diff = iterationDetailSchema.parse((await made.author.get(`${made.path}/iterations/${iteration_id}`)).body);
    expect(diff.edits).toEqual([{ path: SPEC, before: null, after: content }]);
    const admin = await system.person('root', ['admin']);
    const { entries } = (await admin.get(`/api/v1/audit?resource_id=${made.id}&actor=ann`)).body;
    expect(entries.slice(0, 2)).toMatchObject([
      { action: 'iteration.written', outcome: 'success', after: { iteration_id, files: [SPEC] } },
      { action: 'iteration.started', outcome: 'success', after: { iteration_id } },
    ]);
  });

  test('whoever joins in the middle has the text so far, and the feed goes on from there without a gap', async () => {
    const made = await proposal('late');
    await made.author.post(`${made.path}/iterate`, { instructions: 'slow' });
    const late = await system.person('lea', ['viewer'], ['alpha']);
    const read = async () => proposalDetailSchema.parse((await late.get(made.path)).body);
    await expect.poll(async () => (await read()).streamed_text.length).toBeGreaterThan(50);
    const detail = await read();
    expect(detail.is_iterating).toBe(true);
    using watching = await late.watch(made.feed, detail.cursor);
    await watching.next({ type: 'iteration_complete' });
    const after = watching.frames.flatMap(({ type, content }) => (type === 'token' ? [String(content)] : [])).join('');
    expect(after.length).toBeGreaterThan(0);
    expect(detail.streamed_text + after).toBe((await read()).streamed_text);
  });

  test('an edit that makes the proposal invalid is written and says so', async () => {
    const made = await proposal('invalid-edit');
    await made.author.post(`${made.path}/iterate`, { instructions: 'an invalid one' });
    const events = await told(made, 'iteration_complete');
    expect(events.at(-1)).toMatchObject({ files_modified: [SPEC], validation: { status: 'failed' } });
  });

  test.each([
    ['malformed', 'malformed'],
    ['escape', 'malformed'],
    ['error', 'provider'],
    ['disconnect', 'provider'],
    ['endless', 'malformed'],
  ])('the answer %s ends in iteration_error %s, and nothing is written', async (word, code) => {
    const made = await proposal(`word-${word}`);
    const before = (await made.author.get(made.path)).body.files;
    await made.author.post(`${made.path}/iterate`, { instructions: word });
    using watching = await made.author.watch(made.feed, made.cursor);
    await expect
      .poll(() => watching.frames.some(({ type }) => type === 'iteration_error'), { timeout: 60_000 })
      .toBe(true);
    expect(watching.frames.at(-1)).toMatchObject({ type: 'iteration_error', code, error: expect.any(String) });
    const after = proposalDetailSchema.parse((await made.author.get(made.path)).body);
    expect(after.files).toEqual(before);
    expect(after.streamed_text.length).toBeLessThanOrEqual(1_048_576);
    await expect.poll(() => model.open).toBe(0);
  });

  test('a file that somebody changed meanwhile is a conflict, and nothing is written', async () => {
    const made = await proposal('meanwhile');
    const path = `${made.path}/files/${SPEC}`;
    await made.author.post(`${made.path}/iterate`, { instructions: 'slow' });
    using watching = await made.author.watch(made.feed, made.cursor);
    await watching.next({ type: 'token' });
    expect((await made.author.call('PUT', path, 'mine\n', { 'if-none-match': '*' })).status).toBe(201);
    await watching.next({ type: 'iteration_error' });
    expect(watching.frames.at(-1)).toMatchObject({ type: 'iteration_error', code: 'conflict' });
    expect(readFileSync(join(made.folder, SPEC), 'utf8')).toBe('mine\n');
  });

  test('a second iteration is refused while one runs, and so is one of somebody without the lock', async () => {
    const made = await proposal('second');
    const bob = await system.person('bob');
    await made.author.post('/api/v1/projects/alpha/lock');
    const locked = await bob.post(`${made.path}/iterate`, { instructions: 'valid' });
    expect(locked).toMatchObject({ status: 409, body: { error: { details: { lock: { holder: 'ann' } } } } });
    await made.author.call('DELETE', '/api/v1/projects/alpha/lock');
    await made.author.post(`${made.path}/iterate`, { instructions: 'slow' });
    expect((await bob.post(`${made.path}/iterate`, { instructions: 'valid' })).status).toBe(409);
    expect((await bob.call('DELETE', `${made.path}/iterate`)).status).toBe(200);
    await told(made, 'iteration_cancelled');
  });

  test('a lock that somebody else takes while the model answers keeps the edit out of the files', async () => {
    const made = await proposal('locked-meanwhile');
    const bob = await system.person('bob');
    await made.author.post(`${made.path}/iterate`, { instructions: 'slow' });
    await bob.post('/api/v1/projects/alpha/lock');
    const events = await told(made, 'iteration_error');
    await bob.call('DELETE', '/api/v1/projects/alpha/lock');
    expect(events.at(-1)).toMatchObject({ type: 'iteration_error', code: 'conflict' });
    expect(() => readFileSync(join(made.folder, SPEC))).toThrow('ENOENT');
  });

  test.each([
    ['that are empty', ' ', 'is empty'],
    ['that are too long', 'x'.repeat(8_001), 'instructions'],
    ['that are no text', 7, 'instructions'],
  ])('instructions %s are refused', async (_, instructions, reason) => {
    const ann = await system.person('ann');
    const refused = await ann.post('/api/v1/proposals/alpha.add-login/iterate', { instructions });
    expect(refused.status).toBe(400);
    expect(refused.body.error.message).toContain(reason);
  });

  test('a frame on the WebSocket cancels, the provider is let go, and no token follows', async () => {
    const made = await proposal('by-frame');
    await made.author.post(`${made.path}/iterate`, { instructions: 'slow' });
    const other = await system.person('cat');
    using watching = await other.watch(made.feed, made.cursor);
    await watching.next({ type: 'token' });
    const { abandoned } = model;
    watching.socket.send(JSON.stringify({ type: 'cancel_iteration', proposal_id: made.id }));
    await watching.next({ type: 'iteration_cancelled' });
    await expect.poll(() => model.abandoned).toBe(abandoned + 1);
    const page = await made.author.poll(made.feed, made.cursor);
    expect(page.at(-1)).toMatchObject({ type: 'iteration_cancelled', actor: 'cat', proposal_id: made.id });
    expect(() => readFileSync(join(made.folder, SPEC))).toThrow('ENOENT');
    const admin = await system.person('root', ['admin']);
    const { entries } = (await admin.get(`/api/v1/audit?resource_id=${made.id}&action=iteration.cancelled`)).body;
    expect(entries).toMatchObject([{ actor: 'cat', outcome: 'success', ip: '127.0.0.1' }]);
  });

  test('a frame of somebody who may only read cancels nothing and is audited', async () => {
    const made = await proposal('by-viewer');
    await made.author.post(`${made.path}/iterate`, { instructions: 'slow' });
    const viewer = await system.person('vic', ['viewer'], ['alpha']);
    using watching = await viewer.watch(made.feed, made.cursor);
    watching.socket.send(JSON.stringify({ type: 'cancel_iteration', proposal_id: made.id }));
    const admin = await system.person('root', ['admin']);
    const query = `/api/v1/audit?resource_id=${made.id}&action=iteration.cancelled`;
    await expect
      .poll(async () => (await admin.get(query)).body.entries)
      .toMatchObject([{ actor: 'vic', outcome: 'denied', ip: '127.0.0.1' }]);
    await watching.next({ type: 'iteration_complete' });
    expect(watching.frames.some(({ type }) => type === 'iteration_cancelled')).toBe(false);
  });

  test('without a model the answer names the variable', async () => {
    await using bare = await proposalsSystem();
    plantChange(bare.root, 'alpha', 'no-model');
    const ann = await bare.person('ann');
    const refused = await ann.post('/api/v1/proposals/alpha.no-model/iterate', { instructions: 'valid' });
    expect(refused).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } });
    expect(refused.body.error.message).toContain('MILLRACE_MODEL_BASE_URL');
  });
});
