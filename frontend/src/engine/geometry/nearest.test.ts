import fc from "fast-check";
import { expect, test } from "vitest";
import { nearestOwners } from "./nearest";

const grid = fc.tuple(fc.integer({ min: 1, max: 13 }), fc.integer({ min: 1, max: 13 })).chain(([w, h]) =>
  fc.record({
    w: fc.constant(w),
    h: fc.constant(h),
    owners: fc.array(fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 5 })), {
      minLength: w * h,
      maxLength: w * h,
    }),
  }),
);

test("every cell gets an owner that is as near as any, and owners keep their own", () => {
  fc.assert(
    fc.property(grid, ({ w, h, owners }) => {
      const found = nearestOwners(w, h, Uint16Array.from(owners));
      const far = (a: number, b: number) => ((a % w) - (b % w)) ** 2 + (Math.floor(a / w) - Math.floor(b / w)) ** 2;
      const seeds = owners.flatMap((owner, i) => (owner ? [i] : []));
      for (let at = 0; at < owners.length; at++) {
        const least = Math.min(...seeds.map((seed) => far(at, seed)));
        const nearest = seeds.filter((seed) => far(at, seed) === least).map((seed) => owners[seed]);
        if (seeds.length) expect(nearest).toContain(found[at]);
        else expect(found[at]).toBe(0);
      }
    }),
    { numRuns: 400 },
  );
});

test("steps would choose another one than the straight way: the diagonal is shorter than the corner", () => {
  // Owner 1 is 4 steps but 2.83 away, owner 2 is 3 of both.
  const owners = new Uint16Array(49);
  owners[2 * 7 + 2] = 0;
  owners[0] = 1; // (0, 0)
  owners[2 * 7 + 5] = 2; // (5, 2)
  expect(nearestOwners(7, 7, owners)[2 * 7 + 2]).toBe(1);
});
