import { useMemo } from "react";
import { useTranslation } from "react-i18next";

const THIN = "\u202f"; // narrow no-break space between thousands and before the percent sign
const DAY = 86_400_000; // ms

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
}

export function formatNumber(language: string, value: number, decimals = 0): string {
  const [whole = "0", fraction] = Math.abs(value).toFixed(decimals).split(".");
  const point = language.startsWith("de") ? "," : ".";
  return `${value < 0 ? "−" : ""}${grouped(whole)}${fraction ? point + fraction : ""}`;
}

/** A share 0 to 1 as "57 %". */
export function formatPercent(language: string, share: number, decimals = 0): string {
  return `${formatNumber(language, share * 100, decimals)}${THIN}%`;
}

/** "12 Dec", with the year when it is another one. */
export function formatDate(language: string, date: Date, now: Date = new Date()): string {
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    day: "numeric",
    month: "short",
    year,
  }).format(date);
}

/** Seconds as "2:03", an hour and more as "1:02:03". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", DAY],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** "3 hours ago"; beyond a week the date. */
export function formatAgo(language: string, date: Date, now: Date = new Date()): string {
  const difference = date.getTime() - now.getTime();
  if (Math.abs(difference) > 7 * DAY) return formatDate(language, date, now);
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, size] of STEPS)
    if (Math.abs(difference) >= size) return relative.format(Math.round(difference / size), unit);
  return relative.format(0, "minute");
}

export function formatBytes(language: string, bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let at = 0;
  let value = bytes;
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  return `${formatNumber(language, value, at === 0 || value >= 100 ? 0 : 1)}${THIN}${units[at]}`;
}

/** Everything above in the reader's language. Dates may be given as the API's text. */
export function useFormat() {
  const { i18n } = useTranslation();
  const language = i18n.language;
  return useMemo(() => {
    const asDate = (value: string | Date) => (typeof value === "string" ? new Date(value) : value);
    return {
      number: (value: number, decimals = 0) => formatNumber(language, value, decimals),
      percent: (share: number, decimals = 0) => formatPercent(language, share, decimals),
      date: (value: string | Date) => formatDate(language, asDate(value)),
      dateTime: (value: string | Date) =>
        new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
          dateStyle: "medium",
          timeStyle: "short",
        }).format(asDate(value)),
      ago: (value: string | Date) => formatAgo(language, asDate(value)),
      duration: formatDuration,
      bytes: (bytes: number) => formatBytes(language, bytes),
    };
  }, [language]);
}
