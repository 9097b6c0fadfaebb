import "@mantine/core/styles.css";
import "@mantine/spotlight/styles.css";
import "./app/tokens.css";
import "./ui/kit.css";
import "./app/mantine.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";
import { askEarly } from "./api/me";
import { startI18n } from "./app/i18n";
import { Providers } from "./app/providers";
import { makeRouter } from "./app/router";

// The words, the page's own code and who is signed in come side by side: on a slow line each costs a third of a second.
askEarly();
const router = makeRouter();
await startI18n();
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <Providers>
      <RouterProvider router={router} />
    </Providers>
  </StrictMode>,
);
