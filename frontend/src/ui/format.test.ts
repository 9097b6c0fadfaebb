import { describe, expect, it } from "vitest";
import { initials } from "./Chip";
import { niceTop } from "./charts";
import { formatAgo, formatBytes, formatDate, formatDuration, formatNumber, formatPercent } from "./format";

const THIN = "\u202f";

describe("numbers", () => {
  it("have a thin space between thousands in every language", () => {
    expect(formatNumber("en", 12400)).toBe(`12${THIN}400`);
    expect(formatNumber("de", 1234567)).toBe(`1${THIN}234${THIN}567`);
    expect(formatNumber("en", 999)).toBe("999");
  });
  it("use the decimal sign of the language and a true minus", () => {
    expect(formatNumber("en", 0.874, 2)).toBe("0.87");
    expect(formatNumber("de", -0.874, 2)).toBe("−0,87");
  });
  it("put a space before the percent sign", () => {
    expect(formatPercent("en", 0.57)).toBe(`57${THIN}%`);
    expect(formatPercent("de", 0.941, 1)).toBe(`94,1${THIN}%`);
  });
  it("say sizes in powers of a thousand", () => {
    expect(formatBytes("en", 999)).toBe(`999${THIN}B`);
    expect(formatBytes("en", 1_540_000)).toBe(`1.5${THIN}MB`);
    expect(formatBytes("en", 154_000_000)).toBe(`154${THIN}MB`);
  });
});

describe("times", () => {
  it("are minutes and seconds, with hours only from an hour on", () => {
    expect(formatDuration(123)).toBe("2:03");
    expect(formatDuration(3723)).toBe("1:02:03");
    expect(formatDuration(-4)).toBe("0:00");
  });
  it("name the year only when it is another one", () => {
    const now = new Date(2024, 5, 1);
    expect(formatDate("en", new Date(2024, 11, 12), now)).toBe("12 Dec");
    expect(formatDate("en", new Date(2023, 11, 12), now)).toBe("12 Dec 2023");
  });
  it("are relative for a week and a date after that", () => {
    const now = new Date(2024, 5, 20, 12);
    expect(formatAgo("en", new Date(2024, 5, 20, 9), now)).toBe("3 hours ago");
    expect(formatAgo("en", new Date(2024, 5, 2, 9), now)).toBe("2 Jun");
  });
});

describe("initials", () => {
  it("keep the number of a numbered person", () => {
    expect(initials("annotator 12")).toBe("A12");
    expect(initials("Ada Byron")).toBe("AB");
    expect(initials("owner@labelwright.local")).toBe("OL");
    expect(initials("  ")).toBe("?");
  });
});

describe("the top of a chart", () => {
  it("is never below the largest value and splits into three whole steps", () => {
    for (const value of [0, 1, 2, 7, 99, 351, 12400]) {
      expect(niceTop(value)).toBeGreaterThanOrEqual(value);
      expect(niceTop(value) % 3).toBe(0);
    }
  });
});
