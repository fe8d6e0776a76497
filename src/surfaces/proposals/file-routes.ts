import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { invalidRequest, issuesOf } from '../../engine/http/issues.ts';
import { decodeUtf8, readBody } from '../../engine/http/read-body.ts';
import { readJsonObject } from '../../engine/http/read-json.ts';
import { auditOf, principalOf } from '../../engine/http/request-bindings.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { assertMay } from './access.ts';
import { PROPOSAL_LIMITS } from './events.ts';
import { conditionOf, expectedEtag } from './file-condition.ts';
import { assertVisible } from './proposal-reads.ts';
import { actorOf, MAX_BODY_BYTES, type SurfaceParts } from './surface-parts.ts';
import { parseFilePath } from './workspace/file-path.ts';

const PATH = '/api/v1/proposals/:id/files/*';
const envelopeSchema = z.strictObject({ content: z.string() });
const versionSchema = z
  .string()
  .regex(/^\d{1,15}$/, 'must be the seq of a version')
  .transform(Number);

/** The files of a change: read with their versions, written only by who knows what they overwrite. */
export function addFileRoutes(routes: Hono, { workspace, reads }: SurfaceParts): void {
  routes.get(PATH, async (request) => {
    const principal = await principalOf(request);
    const id = request.req.param('id');
    await assertVisible(workspace, principal, id);
    const path = pathOf(request);
    const asked = request.req.query('version');
    const version = asked === undefined ? undefined : versionSchema.safeParse(asked);
    if (version && !version.success) throw invalidRequest(issuesOf(version.error));
    const file = await reads.file(id, path, version?.data);
    request.header('etag', `"${file.etag}"`);
    return request.json(file);
  });

  routes.put(PATH, async (request) => {
    const content = () => contentOf(request);
    return change(request, { action: 'file.written', content });
  });

  routes.delete(PATH, async (request) => change(request, { action: 'file.deleted', content: async () => null }));

  async function change(
    request: Context,
    { action, content }: { readonly action: string; readonly content: () => Promise<string | null> },
  ): Promise<Response> {
    const id = request.req.param('id') ?? '';
    const about = { action, resource_type: 'proposal', resource_id: id };
    const principal = await actorOf(request, about);
    await assertVisible(workspace, principal, id);
    const path = pathOf(request);
    const condition = conditionOf(request.req.raw.headers);
    const edit = { path, content: await content() };
    const before = await workspace.findFile(id, path);
    const expected = expectedEtag(condition, before?.etag);
    if (edit.content === null && !before) throw new MillraceError('not_found', 'there is no such file');
    const after = edit.content === null ? null : { bytes: Buffer.byteLength(edit.content) };
    const { entries, cursor } = await workspace.writeFiles(id, [edit], {
      by: principal.sub,
      expectedEtags: new Map([[path, expected]]),
      check: async () => assertMay('edit', principal, await reads.state(id)),
      also: [
        auditOf(request).success({ ...about, before: { path, etag: before?.etag ?? null }, after: { path, ...after } }),
      ],
    });
    const entry = entries[0];
    if (!entry) return request.json({ path, etag: null, cursor });
    request.header('etag', `"${entry.etag}"`);
    return request.json({ ...entry, cursor }, before ? 200 : 201);
  }
}

/** As it stands in the URL: a router's own decoding would turn an escaped slash or dot into a real one. */
function pathOf(request: Context): string {
  const { pathname } = new URL(request.req.url);
  const raw = /^\/api\/v1\/proposals\/[^/]+\/files\/(.+)$/.exec(pathname)?.[1] ?? '';
  const path = raw
    .split('/')
    .map((part) => decode(part))
    .join('/');
  // An escaped slash would be one part that names two.
  if (path.split('/').length !== raw.split('/').length) parseFilePath('');
  parseFilePath(path);
  return path;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

/** `{"content"}` as JSON, or the text itself under any `text/` type. */
async function contentOf(request: Context): Promise<string> {
  const type = (request.req.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type.startsWith('text/')) return decodeUtf8(await readBody(request.req.raw, PROPOSAL_LIMITS.fileBytes));
  const parsed = envelopeSchema.safeParse((await readJsonObject(request.req.raw, MAX_BODY_BYTES)).value);
  if (!parsed.success) throw invalidRequest(issuesOf(parsed.error));
  return parsed.data.content;
}
