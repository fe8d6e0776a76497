import type { Link, Path } from './link.ts';
import type { SimulatedClient } from './simulated-client.ts';
import type { DiskImage } from './simulated-disk.ts';
import type { World } from './world.ts';

type Fault = (world: World) => void;

const open = (world: World): Link | undefined => {
  return world.chance.of(world.network.links.filter((link) => !link.isLost));
};
const client = (world: World): SimulatedClient | undefined => world.chance.of(world.clients);

/** Changes somebody's path, and back after a while. */
function disturb(world: World, lastsMs: number, change: (path: Path, isOn: boolean) => void): void {
  const path = world.chance.of(world.everybody)?.path;
  if (!path) return;
  change(path, true);
  world.scheduler.after(lastsMs, () => {
    change(path, false);
    world.network.moveAll();
  });
}

/** Brings the server up again after a while, if nothing else has. */
function restartSoon(world: World): void {
  world.scheduler.after(world.chance.between(50, 3_000), () => world.startServer());
}

/** What can happen to the system. Each is told to the trace and counted. */
export const FAULTS = {
  cut(world) {
    const link = open(world);
    if (!link) return;
    world.sights.see('cuts');
    world.trace.add('network', `cuts a connection of ${link.options.path.name}`);
    link.cut();
  },
  cutInsideFrame(world) {
    open(world)?.cutInsideNextFrame();
  },
  halfOpen(world) {
    const link = open(world);
    if (!link) return;
    world.sights.see('halfOpen');
    world.trace.add('network', `loses a connection of ${link.options.path.name}`);
    link.lose();
  },
  darkness(world) {
    world.sights.see('darkness');
    disturb(world, world.chance.between(300, 7_000), (path, isOn) => {
      world.trace.add('network', `${path.name} is ${isOn ? 'dark' : 'lit'}`);
      path.isDark = isOn;
    });
  },
  slowLink(world) {
    world.sights.see('slowLinks');
    const delayMs = world.chance.between(50, 400);
    disturb(world, world.chance.between(1_000, 6_000), (path, isOn) => {
      path.delayMs = isOn ? delayMs : 3;
    });
  },
  stalledReader(world) {
    world.sights.see('stalledReaders');
    disturb(world, world.chance.between(500, 5_000), (path, isOn) => {
      path.isStalled = isOn;
    });
  },
  refusedStreams(world) {
    disturb(world, world.chance.between(3_000, 12_000), (path, isOn) => {
      path.takesStreams = !isOn;
    });
    // A stream that is open already would never notice.
    world.network.links.find((link) => !link.options.path.takesStreams)?.cut();
  },
  crash(world) {
    world.crashServer();
    restartSoon(world);
  },
  crashAfterCommit(world) {
    world.crashAfterNextCommit(() => restartSoon(world));
  },
  stop(world) {
    world.stopServer(() => restartSoon(world));
  },
  failingDisk(world) {
    world.disk.isFailing = true;
    world.trace.add('disk', 'fails');
    world.scheduler.after(world.chance.between(200, 3_000), () => {
      world.disk.isFailing = false;
      world.trace.add('disk', 'works');
    });
  },
  slowWriter(world) {
    Object.assign(world.disk, { commitMs: 600, reportMs: 500 });
    const lastsMs = world.chance.between(500, 5_000);
    world.scheduler.after(lastsMs, () => {
      Object.assign(world.disk, { commitMs: 2, reportMs: 2 });
    });
    // Whoever comes now is shown a state that the serving thread has not heard of.
    for (let count = 0; count < 4; count += 1) {
      world.scheduler.after(world.chance.between(0, lastsMs), () => FAULTS.reload(world));
    }
  },
  trim(world) {
    trim(world, world.chance.int(world.disk.trimmed.seq, world.disk.head.seq));
  },
  overtake(world) {
    const { chance, scheduler } = world;
    // Shorter than any silence, so that it goes on with the same connection.
    disturb(world, 1_600, (path, isOn) => {
      path.isStalled = isOn;
    });
    // More than fits into its socket and the memory of the server.
    world.publish(40, 800);
    scheduler.after(chance.between(1_000, 1_500), () => {
      if (world.isStormy) trim(world, world.disk.head.seq - chance.int(0, 20));
    });
  },
  restore(world) {
    replaceLog(world, 'restore');
  },
  copyBack(world) {
    replaceLog(world, 'copy back');
  },
  jumpWallClock(world) {
    world.sights.see('wallClockJumps');
    world.life?.clock.jumpWallClock(world.chance.between(-3, 3) * 24 * 60 * 60 * 1_000);
  },
  switchTransport(world) {
    world.sights.see('transportSwitches');
    client(world)?.switchTransport();
  },
  reload(world) {
    world.sights.see('reloads');
    if (world.isStormy) client(world)?.reload();
  },
  pause(world) {
    const chosen = client(world);
    world.sights.see('pauses');
    chosen?.pause();
    world.scheduler.after(world.chance.between(100, 4_000), () => chosen?.resume());
  },
  offline(world) {
    const chosen = client(world);
    world.sights.see('offline');
    chosen?.setOnline(false);
    world.scheduler.after(world.chance.between(100, 4_000), () => chosen?.setOnline(true));
  },
} satisfies Record<string, Fault>;

function trim({ disk, trace, sights, life }: World, seq: number): void {
  if (!disk.trim(seq)) return;
  sights.see('trims');
  trace.add('disk', `trimmed through ${seq}`);
  life?.threads.tellTrimmed();
}

/** The server goes down, and comes back with the log as it was some time before. */
function replaceLog(world: World, how: 'restore' | 'copy back'): void {
  const { scheduler, chance, sights, disk } = world;
  const image: DiskImage = disk.copy();
  scheduler.after(chance.between(500, 6_000), () => {
    if (!world.isStormy || disk.epoch !== image.epoch) return;
    world.crashServer();
    sights.see(how === 'restore' ? 'restores' : 'copiesPutBack');
    world.replaceLog(image, how);
    restartSoon(world);
  });
}

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];
