import { describe, expect, it } from 'vitest';
import { hueClass } from './hue.ts';

describe('hueClass', () => {
  it('gives a name the same hue every time', () => {
    expect(hueClass('shop')).toBe(hueClass('shop'));
    expect(hueClass('')).toMatch(/^hue-\d+$/);
  });

  it('spreads many names over all hues', () => {
    const hues = new Set(Array.from({ length: 200 }, (_, index) => hueClass(`app-${index}`)));
    expect(hues.size).toBe(12);
  });
});
