import { useTranslation } from "react-i18next";
import { LANGUAGES, type Language, setLanguage } from "./i18n";

/** For people who are not signed in yet; the account page has the lasting choice. */
export function LanguageLinks() {
  const { i18n } = useTranslation();
  return (
    <div className="row g12 sm" style={{ marginTop: 20 }}>
      {Object.entries(LANGUAGES).map(([code, name]) => (
        <button
          key={code}
          type="button"
          lang={code}
          className={i18n.language === code ? "m" : "lnk"}
          aria-pressed={i18n.language === code}
          onClick={() => void setLanguage(code as Language)}
          style={{ minHeight: 24 }}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
