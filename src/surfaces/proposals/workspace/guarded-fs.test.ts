import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertWritable, findFolder, makeFolder, openPlain, removeFile, replaceFile } from './guarded-fs.ts';

let root: string;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'millrace-guarded-')));
  await makeFolder(root, ['a', 'b']);
  await writeFile(join(root, 'a/real.md'), 'real');
  await symlink(join(root, 'a'), join(root, 'link'));
  await symlink(join(root, 'a/real.md'), join(root, 'a/link.md'));
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

describe('folders', () => {
  it('are found through real folders only', async () => {
    expect(await findFolder(root, ['a', 'b'])).toBe(join(root, 'a/b'));
    for (const parts of [['link'], ['link', 'b'], ['a', 'real.md'], ['a', 'none'], ['x'.repeat(300)]]) {
      expect(await findFolder(root, parts), parts.join('/')).toBeUndefined();
    }
  });

  it('are not made where a link or a file is in the way', async () => {
    await expect(makeFolder(root, ['link', 'new'])).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(makeFolder(root, ['a', 'real.md'])).rejects.toMatchObject({ code: 'invalid_request' });
    expect(await makeFolder(root, ['a', 'c'])).toBe(join(root, 'a/c'));
  });
});

describe('files', () => {
  const text = async (name: string) => {
    const file = await openPlain(join(root, 'a'), name);
    if (!file) return undefined;
    await using opened = file;
    return opened.readFile('utf8');
  };

  it('are opened when they are plain files', async () => {
    expect(await text('real.md')).toBe('real');
    for (const name of ['link.md', 'b', 'none.md']) expect(await text(name), name).toBeUndefined();
    expect(await openPlain(join(root, 'link'), 'real.md')).toBeUndefined();
  });

  it('are replaced whole: who has the old one open reads on in it, and nothing is left beside it', async () => {
    await using old = await openPlain(join(root, 'a'), 'real.md');
    await replaceFile(join(root, 'a'), 'real.md', Buffer.from('new'));
    expect(await old?.readFile('utf8')).toBe('real');
    expect(readFileSync(join(root, 'a/real.md'), 'utf8')).toBe('new');
    expect(readdirSync(join(root, 'a')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('are not written or removed through a link', async () => {
    await expect(replaceFile(join(root, 'a'), 'link.md', Buffer.from('x'))).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(replaceFile(join(root, 'link'), 'new.md', Buffer.from('x'))).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(removeFile(join(root, 'a'), 'link.md')).rejects.toMatchObject({ code: 'invalid_request' });
    expect(readdirSync(join(root, 'a')).sort()).toEqual(expect.arrayContaining(['link.md', 'real.md']));
  });

  it('that a full disk refuses are answered as such', async () => {
    await expect(assertWritable(writeFile('/dev/full', 'x'))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(assertWritable(writeFile(join(root, 'none/x'), 'x'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
