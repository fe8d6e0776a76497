export interface Weighed {
  readonly name: string;
  readonly weight: number;
}

/** Deals items out to so many groups of about the same weight, the heaviest item first; a group is empty only for want of items. */
export function dealOut(items: readonly Weighed[], groups: number): string[][] {
  const dealt = Array.from({ length: groups }, () => ({ names: [] as string[], weight: 0 }));
  for (const { name, weight } of items.toSorted((a, b) => b.weight - a.weight)) {
    const lightest = dealt.reduce((a, b) => (b.weight < a.weight ? b : a));
    lightest.names.push(name);
    lightest.weight += weight;
  }
  return dealt.map(({ names }) => names);
}
