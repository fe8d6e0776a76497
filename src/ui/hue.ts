const HUES = 12;

/** A stable class `hue-0` to `hue-11` for a name: the same name has the same colour everywhere and always. */
export function hueClass(name: string): string {
  // FNV-1a with the finish of Murmur3: short, and spreads names that differ in one letter.
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return `hue-${((hash ^ (hash >>> 16)) >>> 0) % HUES}`;
}
