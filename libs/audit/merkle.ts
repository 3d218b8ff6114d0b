import { hash as digest } from 'node:crypto';

// The tree of RFC 6962: leaves are 0x00 ‖ data, inner nodes 0x01 ‖ left ‖ right, all SHA-256. A leaf's data is an event's hash.

export const HASH_BYTES = 32;
/** Levels of the tree that one tile spans. */
export const TILE_HEIGHT = 8;
/** Hashes of a full tile. */
export const TILE_WIDTH = 2 ** TILE_HEIGHT;

/** The root of no leaves at all. */
const EMPTY_ROOT = digest('sha256', '', 'buffer');

export function leafHash(eventHash: Uint8Array): Buffer {
  const input = Buffer.alloc(1 + HASH_BYTES);
  input.set(eventHash, 1);
  return digest('sha256', input, 'buffer');
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(1 + 2 * HASH_BYTES);
  input[0] = 1;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return digest('sha256', input, 'buffer');
}

/** Root over complete subtrees, as many as a power of two. */
export function rootOfComplete(hashes: readonly Buffer[]): Buffer {
  let level = hashes;
  while (level.length > 1) level = Array.from({ length: level.length / 2 }, (_, pair) => nodeHash(level[2 * pair]!, level[2 * pair + 1]!));
  return level[0]!;
}

/** The hashes of one tile, from the left; fewer than TILE_WIDTH at the right edge of the tree. */
export interface Tile {
  level: number;
  index: number;
  hashes: readonly Buffer[];
}

/**
 * A tree that only grows. In memory is its right edge alone: one tile a level, so that a log of any length is folded in
 * constant memory.
 */
export class MerkleTree {
  private readonly levels: Buffer[][] = [];

  /** `edge`: the tiles at the right edge of a tree of that size, the lowest level first. */
  constructor(
    private leaves = 0,
    edge: readonly Tile[] = [],
    private readonly onFull: (tile: Tile) => void = () => undefined,
  ) {
    for (const { level, hashes } of edge) this.levels[level] = [...hashes];
  }

  get size(): number {
    return this.leaves;
  }

  append(leaf: Buffer): void {
    this.leaves += 1;
    this.push(0, leaf);
  }

  private push(level: number, hash: Buffer): void {
    const tile = (this.levels[level] ??= []);
    tile.push(hash);
    if (tile.length < TILE_WIDTH) return;
    this.onFull({ level, index: this.leaves / TILE_WIDTH ** (level + 1) - 1, hashes: tile });
    this.levels[level] = [];
    this.push(level + 1, rootOfComplete(tile));
  }

  /** Tiles at the right edge that are not full, the lowest level first. */
  edge(): Tile[] {
    return this.levels.flatMap((hashes, level) =>
      hashes.length === 0 ? [] : [{ level, index: Math.floor(this.leaves / TILE_WIDTH ** (level + 1)), hashes }],
    );
  }

  root(): Buffer {
    let root: Buffer | null = null;
    for (const hashes of this.levels) {
      for (const peak of peaksOf(hashes).reverse()) root = root === null ? peak : nodeHash(peak, root);
    }
    return root ?? EMPTY_ROOT;
  }
}

/** Roots of the complete subtrees that these hashes make up, the largest, leftmost first. */
function peaksOf(hashes: readonly Buffer[]): Buffer[] {
  const peaks: Buffer[] = [];
  let from = 0;
  for (let width = TILE_WIDTH; width >= 1; width /= 2) {
    if ((hashes.length & width) === 0) continue;
    peaks.push(rootOfComplete(hashes.slice(from, from + width)));
    from += width;
  }
  return peaks;
}

/** Gives a tile of the tree; it may hold more than the tree of the size asked for needs. */
export type TileSource = (level: number, index: number) => Promise<readonly Buffer[]>;

/** Hashes that prove a leaf's place in the tree of this size, the nearest first (RFC 6962 §2.1.1). */
export async function inclusionProof(tiles: TileSource, leaf: number, size: number): Promise<Buffer[]> {
  const path: Buffer[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + largestPowerBelow(to - from);
    if (leaf < middle) {
      path.unshift(await rangeRoot(tiles, middle, to));
      to = middle;
    } else {
      path.unshift(await rangeRoot(tiles, from, middle));
      from = middle;
    }
  }
  return path;
}

/** Root of the tree over the leaves from one on up to another; `from` is a place where the tree of that width begins. */
async function rangeRoot(tiles: TileSource, from: number, to: number): Promise<Buffer> {
  const width = to - from;
  const height = Math.log2(width);
  if (!Number.isInteger(height)) {
    const middle = from + largestPowerBelow(width);
    return nodeHash(await rangeRoot(tiles, from, middle), await rangeRoot(tiles, middle, to));
  }
  const level = Math.floor(height / TILE_HEIGHT);
  const first = from / TILE_WIDTH ** level;
  const count = 2 ** (height - level * TILE_HEIGHT);
  const hashes = (await tiles(level, Math.floor(first / TILE_WIDTH))).slice(first % TILE_WIDTH, (first % TILE_WIDTH) + count);
  if (hashes.length < count) throw new Error(`the tree's tile ${level}/${Math.floor(first / TILE_WIDTH)} is not whole`);
  return rootOfComplete(hashes);
}

const largestPowerBelow = (count: number): number => 2 ** Math.floor(Math.log2(count - 1));
