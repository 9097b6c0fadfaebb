import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { type ProblemWords, readProblemsAs } from "@/api/errors";

export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;
const KEY = "labelwright-language";

type Words = Record<string, unknown>;
/** What codes of the server mean: its problems, what an export leaves out, records that an import cannot read; and its titles. */
export interface Said {
  problem: ProblemWords;
  loss: Record<string, string>;
  record: Record<string, string>;
  /** Titles of jobs as regular expressions, and what is said for them. */
  job: Record<string, string>;
}
/** The server writes English: there it speaks for itself. */
const ITSELF: Said = { problem: {}, loss: {}, record: {}, job: {} };
/** One chunk a language; a namespace is the name of its file. */
const loaders: Record<Language, () => Promise<{ words: Record<string, Words>; said?: Said }>> = {
  en: () => import("./en"),
  de: () => import("./de"),
};

function isLanguage(text: string | null | undefined): text is Language {
  return text != null && text in LANGUAGES;
}

export function firstLanguage(): Language {
  const kept = localStorage.getItem(KEY);
  if (isLanguage(kept)) return kept;
  const wanted = navigator.languages.map((name) => name.slice(0, 2)).find(isLanguage);
  return wanted ?? "en";
}

async function load(language: Language) {
  const { words, said = ITSELF } = await loaders[language]();
  for (const [area, bundle] of Object.entries(words)) i18next.addResourceBundle(language, area, bundle);
  saidIn.set(language, said);
}

const saidIn = new Map<string, Said>();

/** A job's title in the language that is shown; as the server made it where there are no words for it. */
export function jobTitle(title: string): string {
  for (const [pattern, words] of Object.entries(saidNow().job)) {
    const meant = new RegExp(pattern, "u");
    if (meant.test(title)) return title.replace(meant, words);
  }
  return title;
}

/** What the server's codes mean in the language that is shown. */
export const saidNow = (): Said => saidIn.get(i18next.language) ?? ITSELF;

export async function setLanguage(language: Language) {
  if (!i18next.hasResourceBundle(language, "common")) await load(language);
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
  readProblemsAs(saidNow().problem);
}

export async function startI18n(language: Language = firstLanguage()) {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    defaultNS: "common",
    resources: {},
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  await setLanguage(language);
  return i18next;
}
