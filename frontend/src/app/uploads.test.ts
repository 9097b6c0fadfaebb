import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commonFolder, inputFiles, type PickedFile } from "./pickedFiles";
import { intoRequests, uploadShare } from "./uploads";

const picked = (...paths: string[]): PickedFile[] =>
  paths.map((path) => ({ path, file: new File(["x"], path.split("/").at(-1)!) }));

describe("an upload", () => {
  it("sends every file once, in order, in requests of at most ten files and 16 MB", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30_000_000 }), { maxLength: 60 }), (sizes) => {
        const requests = intoRequests(sizes);
        expect(requests.flat()).toEqual(sizes.map((_, index) => index));
        for (const request of requests) {
          expect(request.length).toBeLessThanOrEqual(10);
          const bytes = request.reduce((sum, index) => sum + sizes[index]!, 0);
          expect(request.length === 1 || bytes <= 16_000_000).toBe(true);
        }
      }),
    );
  });

  it("is as far as its bytes are, not its files", () => {
    const file = { name: "", path: "", duplicateOf: null };
    const files = [
      { ...file, size: 900, state: "done" as const, sent: 1 },
      { ...file, size: 100, state: "waiting" as const, sent: 0 },
    ];
    expect(uploadShare({ id: 1, project: 1, state: "running", files })).toBe(0.9);
  });
});

describe("picked files", () => {
  it("name the folder that holds all of them", () => {
    expect(commonFolder(picked("roofs/a.jpg", "roofs/north/b.jpg"))).toBe("roofs");
    expect(commonFolder(picked("roofs/a.jpg", "walls/b.jpg"))).toBeNull();
    expect(commonFolder(picked("a.jpg"))).toBeNull();
  });

  it("leave out what operating systems scatter about, and count in the order people do", () => {
    const files = ["img10.jpg", ".DS_Store", "img2.jpg", "Thumbs.db"].map((name) => new File(["x"], name));
    expect(inputFiles(files as unknown as FileList).map(({ path }) => path)).toEqual(["img2.jpg", "img10.jpg"]);
  });
});
