import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SlabPool, SlabWriter } from '../../src/lib/slabs.js';

test('what is kept stays as it was written, whatever is kept after it and whatever the sizes', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 });
  fc.assert(
    fc.property(pieces, (given) => {
      const writer = new SlabWriter(new SlabPool(16, 64));
      const scratch = Buffer.alloc(40);
      const kept = given.map((bytes) => {
        scratch.set(bytes);
        return writer.keep(scratch.subarray(0, bytes.length));
      });
      expect(kept.map((bytes) => [...bytes])).toEqual(given.map((bytes) => [...bytes]));
    }),
  );
});

test('memory that was released is used again, and no more of it is kept than the bound', () => {
  const pool = new SlabPool(16, 32);
  const first = new SlabWriter(pool);
  const kept = Array.from({ length: 3 }, (_, n) => first.keep(Buffer.alloc(16, n)));
  first.release();
  const second = new SlabWriter(pool);
  const again = Array.from({ length: 3 }, () => second.keep(Buffer.alloc(16)));
  const reused = again.filter((bytes) => kept.some(({ buffer }) => buffer === bytes.buffer));
  expect(reused).toHaveLength(2);
});

test('its bytes count whole slabs and what is too large for one', () => {
  const writer = new SlabWriter(new SlabPool(16, 64));
  expect(writer.bytes).toBe(0);
  writer.keep(Buffer.alloc(10));
  expect(writer.bytes).toBe(16);
  writer.keep(Buffer.alloc(10));
  writer.keep(Buffer.alloc(100));
  expect(writer.bytes).toBe(132);
  writer.release();
  expect(writer.bytes).toBe(0);
});

test('two writers of one pool never share a slab', () => {
  const pool = new SlabPool(16, 64);
  const [one, other] = [new SlabWriter(pool), new SlabWriter(pool)];
  const kept = one.keep(Buffer.from('one'));
  other.keep(Buffer.from('other'));
  one.release();
  new SlabWriter(pool).keep(Buffer.from('third'));
  // Released memory belongs to the next writer; what the other one keeps is untouched by that.
  expect(kept.toString()).toBe('thi');
  expect(other.keep(Buffer.from('more')).toString()).toBe('more');
});
