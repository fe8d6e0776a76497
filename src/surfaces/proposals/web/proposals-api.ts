import * as z from 'zod/mini';
import {
  type CommentStatus,
  fileContentSchema,
  iterationDetailSchema,
  type ProposalStatus,
  projectDetailSchema,
  projectsSchema,
  proposalDetailSchema,
} from '../events.ts';
import { ApiError } from './api-error.ts';
import { type ApiRead, callApi, orderApi, readState } from './call-api.ts';

const idSchema = z.object({ id: z.string() });
const writtenSchema = z.object({ etag: z.string() });
const sessionSchema = z.object({
  user: z.string(),
  roles: z.array(z.string()),
  is_admin: z.boolean(),
  projects: z.union([z.literal('*'), z.array(z.string())]),
});
export type Session = z.infer<typeof sessionSchema>;

export interface NewComment {
  readonly text: string;
  readonly path?: string | undefined;
  readonly line?: number | undefined;
  readonly parent_id?: string | undefined;
}

/** Who is signed in; undefined when nobody is. */
export async function readSession(read: ApiRead): Promise<Session | null> {
  try {
    return await callApi('/auth/session', sessionSchema, read);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

/** Signs the browser in; without a token as the person at the server's own machine. */
export const signIn = (token: string | undefined) =>
  orderApi('/auth/session', { method: 'POST', ...(token === undefined ? {} : { body: { token } }) });

/** Ends the browser's session, also for whoever kept its cookie. */
export const signOut = () => orderApi('/auth/session', { method: 'DELETE' });

export const readProjects = (read: ApiRead) => callApi('/api/v1/projects', projectsSchema, read);
export const readProject = (id: string, read: ApiRead) =>
  readState(() => callApi(projectPath(id), projectDetailSchema, read));
export const readProposal = (id: string, read: ApiRead) =>
  readState(() => callApi(proposalPath(id), proposalDetailSchema, read));
export const readIteration = (id: string, iteration: string, signal: AbortSignal) =>
  callApi(`${proposalPath(id)}/iterations/${part(iteration)}`, iterationDetailSchema, { signal });

export const createProject = (id: string) => callApi('/api/v1/projects', idSchema, { method: 'POST', body: { id } });
export const createProposal = (project: string, body: Readonly<Record<string, string>>) =>
  callApi(`${projectPath(project)}/proposals`, idSchema, { method: 'POST', body });

export const lockProject = (id: string, isForced = false) =>
  orderApi(`${projectPath(id)}/lock${isForced ? '?force=true' : ''}`, { method: 'POST' });
export const unlockProject = (id: string, isForced = false) =>
  orderApi(`${projectPath(id)}/lock${isForced ? '?force=true' : ''}`, { method: 'DELETE' });

export const setStatus = (id: string, status: ProposalStatus) =>
  orderApi(`${proposalPath(id)}/status`, { method: 'PATCH', body: { status } });
export const setReviewers = (id: string, reviewers: readonly string[]) =>
  orderApi(`${proposalPath(id)}/reviewers`, { method: 'PUT', body: { reviewers } });

export const startValidation = (id: string) => orderApi(`${proposalPath(id)}/validate`, { method: 'POST' });
export const cancelValidation = (id: string) => orderApi(`${proposalPath(id)}/validate`, { method: 'DELETE' });
export const startIteration = (id: string, instructions: string) =>
  orderApi(`${proposalPath(id)}/iterate`, { method: 'POST', body: { instructions } });
export const cancelIteration = (id: string) => orderApi(`${proposalPath(id)}/iterate`, { method: 'DELETE' });

export const addComment = (id: string, comment: NewComment) =>
  orderApi(`${proposalPath(id)}/comments`, { method: 'POST', body: comment });
export const changeComment = (id: string, change: { readonly status: CommentStatus; readonly reason?: string }) =>
  orderApi(`/api/v1/comments/${part(id)}`, { method: 'PATCH', body: change });

export const readFile = (id: string, path: string, { version, signal }: FileRequest) =>
  callApi(`${filePath(id, path)}${version === undefined ? '' : `?version=${version}`}`, fileContentSchema, { signal });

export interface FileRequest {
  /** The `seq` of an earlier version. */
  readonly version?: number | undefined;
  readonly signal: AbortSignal;
}

/** Writes a file that is still as it was when it was read; `etag` undefined makes a new one. */
export const writeFile = (id: string, path: string, { content, etag }: { content: string; etag: string | undefined }) =>
  callApi(filePath(id, path), writtenSchema, {
    method: 'PUT',
    body: { content },
    headers: etag === undefined ? { 'if-none-match': '*' } : { 'if-match': `"${etag}"` },
  });

const part = encodeURIComponent;
const projectPath = (id: string) => `/api/v1/projects/${part(id)}`;
const proposalPath = (id: string) => `/api/v1/proposals/${part(id)}`;
const filePath = (id: string, path: string) => `${proposalPath(id)}/files/${path.split('/').map(part).join('/')}`;
