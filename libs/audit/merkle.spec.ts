import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rootFromProof } from './evidence/verify-evidence.js';
import type { Tile } from './merkle.js';
import { MerkleTree, TILE_WIDTH, inclusionProof, leafHash, nodeHash } from './merkle.js';

const eventHash = (n: number): Buffer => createHash('sha256').update(`event ${n}`).digest();

/** The definition, word for word (RFC 6962 §2.1). */
function rootByDefinition(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return createHash('sha256').digest();
  if (leaves.length === 1) return leafHash(leaves[0]!);
  let middle = 1;
  while (middle * 2 < leaves.length) middle *= 2;
  return nodeHash(rootByDefinition(leaves.slice(0, middle)), rootByDefinition(leaves.slice(middle)));
}

/** A tree with all its tiles kept. */
function grown(size: number): { tree: MerkleTree; tiles: (level: number, index: number) => Promise<readonly Buffer[]> } {
  const kept = new Map<string, readonly Buffer[]>();
  const keep = ({ level, index, hashes }: Tile): void => void kept.set(`${level}/${index}`, [...hashes]);
  const tree = new MerkleTree(0, [], keep);
  for (let n = 0; n < size; n += 1) tree.append(leafHash(eventHash(n)));
  tree.edge().forEach(keep);
  return { tree, tiles: (level, index) => Promise.resolve(kept.get(`${level}/${index}`) ?? []) };
}

describe('the tree of RFC 6962 in tiles', () => {
  it('hashes leaves and nodes apart, as the RFC has it', () => {
    const zero = Buffer.alloc(32);
    expect(leafHash(zero).toString('hex')).toBe(
      createHash('sha256')
        .update(Buffer.from([0]))
        .update(zero)
        .digest('hex'),
    );
    expect(nodeHash(zero, zero).toString('hex')).toBe(
      createHash('sha256')
        .update(Buffer.from([1]))
        .update(zero)
        .update(zero)
        .digest('hex'),
    );
  });

  it.each([0, 1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 70_000])('has the root of the definition at %i leaves', (size) => {
    const leaves = Array.from({ length: size }, (_, n) => eventHash(n));
    expect(grown(size).tree.root()).toEqual(rootByDefinition(leaves));
  });

  it('goes on from its right edge as if it had never stopped', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_200 }), fc.integer({ min: 0, max: 600 }), (first, more) => {
        const before = grown(first).tree;
        const after = new MerkleTree(before.size, before.edge());
        for (let n = first; n < first + more; n += 1) after.append(leafHash(eventHash(n)));
        expect(after.root()).toEqual(grown(first + more).tree.root());
      }),
      { numRuns: 40 },
    );
  });

  it('proves the place of every leaf, at every size up to what it holds', async () => {
    const most = 2 * TILE_WIDTH + 77;
    const { tiles } = grown(most);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: most }), fc.nat(), async (size, at) => {
        const leaf = at % size;
        const proof = await inclusionProof(tiles, leaf, size);
        const root = grown(size).tree.root().toString('hex');
        const hexes = proof.map((hash) => hash.toString('hex'));
        const claim = { index: leaf, size, hash: eventHash(leaf).toString('hex') };
        expect(rootFromProof(claim, hexes)).toBe(root);
        expect(rootFromProof({ ...claim, hash: eventHash(leaf + 1).toString('hex') }, hexes)).not.toBe(root);
        if (size > 1) expect(rootFromProof({ ...claim, index: (leaf + 1) % size }, hexes)).not.toBe(root);
        expect(rootFromProof(claim, [...hexes, root])).toBeNull();
      }),
      { numRuns: 150 },
    );
  });
});
