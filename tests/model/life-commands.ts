import { join } from 'node:path';
import { expect } from 'vitest';
import { parseCursor } from '../../src/protocol/cursor.ts';
import { Command } from './command.ts';

export type End = 'SIGKILL' | 'SIGTERM';

export function restart(signal: End): Command {
  return new Command({
    name: signal === 'SIGKILL' ? 'kill' : 'stop',
    run: (model, world) => world.restart(signal, model),
  });
}

/** Retention leaves so many events: the server does it when it starts. */
export function trim(keep: number, signal: End): Command {
  return new Command({
    name: 'trim',
    about: { keep, signal },
    canRun: (model) => model.kept.length > keep,
    async run(model, world) {
      await world.restart(signal, model, async () => {
        model.trim(keep);
        await world.start({ MILLRACE_RETENTION_EVENTS: `${keep}` });
        await expect.poll(() => world.earliest()).toBe(model.cursorOf(model.trimmed));
        await world.stop(signal);
      });
    },
  });
}

/** `millrace backup`, while the server runs. */
export function backUp(): Command {
  return new Command({
    name: 'backup',
    async run(model, world) {
      const file = join(world.folder, `backup-${model.backups.length}.db`);
      const { code, stdout, stderr } = await world.millrace('backup', file);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const made = { file, events: model.kept.length, cursor: model.cursorOf(model.head) };
      expect(JSON.parse(stdout)).toMatchObject(made);
      model.backUp(file);
    },
  });
}

/** `millrace restore` of any backup of before, while no server runs. */
export function restore(which: number, signal: End): Command {
  return new Command({
    name: 'restore',
    about: { which, signal },
    canRun: ({ backups }) => backups.length > 0,
    async run(model, world) {
      const backup = model.backups[which % model.backups.length];
      if (!backup) return;
      await world.restart(signal, model, async () => {
        const { code, stdout, stderr } = await world.millrace('restore', backup.file);
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        const { cursor } = JSON.parse(stdout) as { cursor: string };
        const { epoch } = parseCursor(cursor) ?? { epoch: '' };
        const former = [model.cursorOf(0), ...model.formerCursors].map((text) => parseCursor(text)?.epoch);
        expect(former).not.toContain(epoch);
        model.restore(backup, epoch);
        expect(cursor).toBe(model.cursorOf(model.head));
      });
    },
  });
}
