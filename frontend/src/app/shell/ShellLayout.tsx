import { useTranslation } from "react-i18next";
import { Outlet } from "react-router";
import { KeySheet } from "./KeySheet";
import { Nav } from "./Nav";
import { Palette } from "./Palette";
import { Unsent } from "./Unsent";
import { usePageBusy } from "./usePageBusy";
import "./unsent.css";

/** Navigation at the left, the page at the right. */
export function ShellLayout() {
  const { t } = useTranslation("common");
  const busy = usePageBusy();
  return (
    <>
      <a className="skip" href="#main">
        {t("nav.skip")}
      </a>
      <div className="shell">
        <Nav />
        <main id="main" className="main" tabIndex={-1} aria-busy={busy} style={{ boxShadow: "none" }}>
          <Unsent />
          <Outlet />
        </main>
      </div>
      <Palette />
      <KeySheet />
    </>
  );
}
