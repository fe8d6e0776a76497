import { expect, test } from 'vitest';
import { search } from '../model/search.ts';
import { buildVariant } from '../support/build-variant.ts';
import { showFigures } from '../support/figures.ts';

const RUNS = 40;

test('negative control: any commands find a log that goes on behind what retention has removed, without a word', async () => {
  using variant = buildVariant({
    file: 'src/engine/log/sqlite/sqlite-log.ts',
    from: "if (input.seq < this.#trimmed.seq) return reset('cursor_expired');",
    to: "if (input.seq < this.#trimmed.seq) return { kind: 'resume', cursor: this.#trimmed };",
  });
  const {
    seed,
    runs,
    failure = '',
  } = await search({ runs: RUNS, hasTour: false, isShrunk: false, root: variant.root });
  const figures = { seed, servers: runs, failed: failure !== '' };
  showFigures({ promise: 'P5', about: 'negative control, resumes behind a trim', figures });
  // Shown from the first event kept on, in place of the reset.
  expect(failure).toMatch(/trim\(.*line 0: shown "(?!reset).*", not "reset cursor_expired/s);
});
