import * as z from 'zod/mini';
import type { Answer, Probe } from '../probes/probe.ts';
import { CaseSkipped, expectEqual, expectShape, expectThat } from '../verdict.ts';

const PROJECT = 'conformance';

const sessionSchema = z.looseObject({
  user: z.string(),
  is_admin: z.boolean(),
  projects: z.union([z.literal('*'), z.array(z.string())]),
});
const projectsSchema = z.looseObject({ projects: z.array(z.looseObject({ id: z.string() })) });
const madeSchema = z.looseObject({ id: z.string(), cursor: z.string() });

/** Who asks; skips the case where nobody is known. */
export async function whoAsks(probe: Probe) {
  if (Object.keys(probe.target.identity).length === 0) {
    throw new CaseSkipped('it needs a token: none was given, and the server gives no local session');
  }
  const answer = await probe.ask('/auth/session');
  expectEqual(answer.status, 200, 'the status of GET /auth/session with the token');
  return expectShape(answer.json(), sessionSchema, 'GET /auth/session');
}

/** The id of a project to work in: `conformance`, made where it may be; else the first that there is. */
export async function aProject(probe: Probe): Promise<string> {
  await whoAsks(probe);
  return probe.once('project', async () => {
    const answer = await probe.ask('/api/v1/projects');
    expectEqual(answer.status, 200, 'the status of GET /api/v1/projects');
    const ids = expectShape(answer.json(), projectsSchema, 'GET /api/v1/projects').projects.map(({ id }) => id);
    if (ids.includes(PROJECT)) return PROJECT;
    const made = await probe.post('/api/v1/projects', { id: PROJECT });
    if (made.status === 201) return PROJECT;
    const [first] = ids;
    if (first !== undefined) return first;
    throw new CaseSkipped(`there is no project, and none can be made: ${made.status} ${reasonOf(made)}`);
  });
}

/** A proposal that is valid as it is, in that project. */
export async function aProposal(probe: Probe): Promise<{ readonly id: string; readonly project: string }> {
  const project = await aProject(probe);
  return probe.once('proposal', async () => {
    const answer = await probe.post(`/api/v1/projects/${project}/proposals`, {
      title: 'Conformance',
      why: 'Because whoever looks at this server from outside needs one proposal to look at, and may not touch another.',
      what: '- Nothing: it may be removed',
      change: probe.freshName(),
    });
    if (answer.status !== 201) throw new CaseSkipped(`no proposal can be made: ${answer.status} ${reasonOf(answer)}`);
    return { id: expectShape(answer.json(), madeSchema, 'the proposal').id, project };
  });
}

/** Skips the case where the one who asks isn't allowed to, or the server can't. */
export function orSkip(answer: Answer, what: string): Answer {
  if (answer.status === 403 || answer.status === 503) {
    throw new CaseSkipped(`${what} was answered ${answer.status} ${reasonOf(answer)}`);
  }
  expectThat(answer.status < 300, `${what} was answered ${answer.status} ${reasonOf(answer)}`);
  return answer;
}

function reasonOf({ text }: Answer): string {
  return /"message":"([^"]*)"/.exec(text)?.[1] ?? text.slice(0, 200);
}
